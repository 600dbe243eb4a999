"""Everything that is made from cpanel_plugin.yaml."""
