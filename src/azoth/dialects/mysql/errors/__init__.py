"""What the errors of MySQL and MariaDB mean."""
