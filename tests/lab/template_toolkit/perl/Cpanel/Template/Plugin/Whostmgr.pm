package Cpanel::Template::Plugin::Whostmgr;

# Stand-in: `USE Whostmgr` in a template of WHM's.
use strict;
use warnings;
use parent 'Template::Plugin';

use Whostmgr::ACLS ();

sub new {
    my ($class) = @_;
    Whostmgr::ACLS::init_acls();
    return bless {}, $class;
}

sub hasroot  { return Whostmgr::ACLS::hasroot() }
sub checkacl { my ( undef, $privilege ) = @_; return Whostmgr::ACLS::checkacl($privilege) }

1;
