"""What a scanner adds: blur, noise, streaks and motion."""
