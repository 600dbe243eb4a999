"""The one door to the machine: files, links, databases, processes and the clock. Nothing else opens anything."""
