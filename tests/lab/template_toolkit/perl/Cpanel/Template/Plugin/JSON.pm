package Cpanel::Template::Plugin::JSON;

# Stand-in: `USE JSON` in a template; what it writes may stand inside a script element.
use strict;
use warnings;
use parent 'Template::Plugin';

use JSON::PP ();

sub new { my ($class) = @_; return bless {}, $class }

sub stringify {
    my ( undef, $value ) = @_;
    my $text = JSON::PP->new->canonical->allow_nonref->encode($value);
    $text =~ s{([<>&\x{2028}\x{2029}])}{sprintf '\\u%04x', ord $1}ge;
    return $text;
}

1;
