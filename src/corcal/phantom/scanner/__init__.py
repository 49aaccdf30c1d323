"""The scanner: motion, blur, noise and streaks."""
