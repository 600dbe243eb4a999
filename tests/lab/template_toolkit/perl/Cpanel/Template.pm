package Cpanel::Template;

# Stand-in, written afresh from the documentation: renders a template of WHM's with the real Template Toolkit.
use strict;
use warnings;

use Template ();

my $DIRECTORY = '/usr/local/cpanel/whostmgr/docroot/templates';
my %RTL = map { $_ => 1 } qw(ar fa he ur);

sub process_template {
    my ( $service, $given ) = @_;
    die "the stand-in renders templates of whostmgr only\n" if $service ne 'whostmgr';
    my $file = $given->{'template_file'} // '';
    die "template_file is no path below the templates\n" if $file !~ m{\A[A-Za-z0-9_][A-Za-z0-9_./-]*\.tmpl\z} || $file =~ m{\.\.};
    my $output = '';
    my $toolkit = renderer($DIRECTORY);
    my $success = $toolkit->process( $file, { %$given, 'locale' => locale() }, \$output );
    die 'the template failed: ' . $toolkit->error() . "\n" if !$success;
    utf8::encode($output);
    print $output if $given->{'print'};
    return ( 1, \$output );
}

sub renderer {
    my ($directory) = @_;
    return Template->new(
        {
            'INCLUDE_PATH' => $directory,
            'ABSOLUTE'     => 0,
            'RELATIVE'     => 0,
            'EVAL_PERL'    => 0,
            'ENCODING'     => 'UTF-8',
            'PLUGIN_BASE'  => 'Cpanel::Template::Plugin',
        }
    );
}

# The language as the templates ask for it: no translation, but its direction.
sub locale {
    my $tag = $ENV{'STAND_IN_LOCALE'} // '';
    ($tag) = ( ( $ENV{'HTTP_COOKIE'} // '' ) =~ m{\bsession_locale=([a-z_]+)} ) if $tag eq '';
    $tag ||= 'en';
    return {
        'get_language_tag'  => sub { return $tag },
        'get_html_dir_attr' => sub { return $RTL{$tag} ? 'rtl' : 'ltr' },
        'maketext'          => sub { return $_[0] },
    };
}

1;
