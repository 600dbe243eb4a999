# shellcheck shell=sh disable=SC2034
# Made from cpanel_plugin.yaml by `make manifest`.
version=0.3.0
oldest_panel=110
newest_panel=138
architecture=x86_64
oldest_glibc=2.28
disk_megabytes=400
known_systems='almalinux:8 almalinux:9 almalinux:10 cloudlinux:8 cloudlinux:9 cloudlinux:10 rocky:8 rocky:9 ubuntu:22.04 ubuntu:24.04'
systems_in_words='AlmaLinux 8, 9, 10, CloudLinux 8, 9, 10, Rocky Linux 8, 9, Ubuntu 22.04, 24.04'
