"""The judge on trial: claims whose truth is planted, and the verdict that each must get, written down before."""
