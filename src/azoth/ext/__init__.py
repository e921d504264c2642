"""Extensions that stand on azoth's public names alone."""
