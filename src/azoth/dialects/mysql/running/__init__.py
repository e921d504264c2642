"""What MySQL and MariaDB need when they run: options of URLs, facts of servers, two phases."""
