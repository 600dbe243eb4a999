package Whostmgr::ACLS;

# Stand-in, written afresh from the documentation: who asks, and what var/cpanel/resellers lets them do.
use strict;
use warnings;

our %ACL;

sub init_acls {
    my $user = $ENV{'REMOTE_USER'} // '';
    %ACL = ();
    return if $user eq '';
    if ( $user eq 'root' ) {
        $ACL{'all'} = 1;
        return;
    }
    open my $list, '<', '/var/cpanel/resellers' or return;
    while ( my $line = <$list> ) {
        chomp $line;
        my ( $name, $privileges ) = split /:/, $line, 2;
        next if !defined $privileges || $name ne $user;
        s/^\s+|\s+$//g, $ACL{$_} = 1 for split /,/, $privileges;
    }
    close $list;
    return;
}

sub hasroot { return $ACL{'all'} ? 1 : 0 }

sub checkacl {
    my ($privilege) = @_;
    return hasroot() || ( $ACL{$privilege} ? 1 : 0 );
}

1;
