#!/usr/bin/perl
# Stand-in: renders one page of the theme (`.html.tt`) with the real Template Toolkit, as the account that asks for it.
use strict;
use warnings;
use lib '/usr/local/cpanel';

use Cpanel::Template ();

my $theme = '/usr/local/cpanel/base/frontend/jupiter';
my $page = $ENV{'SCRIPT_FILENAME'} // '';
die "the page is not below the theme\n" if index( $page, "$theme/" ) != 0;
$page = substr $page, length "$theme/";
my $depth = ( $page =~ tr{/}{} );

my %variables = (
    'CPANEL' => {
        'CPVAR'          => { 'dprefix' => '' },
        'authuser'       => $ENV{'REMOTE_USER'},
        'security_token' => $ENV{'cp_security_token'},
    },
    'locale'   => Cpanel::Template::locale(),
    'stand_in' => { 'dprefix' => '../' x $depth },
);
my $output = '';
my $toolkit = Cpanel::Template::renderer($theme);
$toolkit->process( $page, \%variables, \$output ) or die 'the template failed: ' . $toolkit->error() . "\n";
utf8::encode($output);
print "Content-Type: text/html; charset=utf-8\n\n$output";
