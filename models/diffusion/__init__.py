"""Drawing with diffusers: the handler in `models.diffusion.diffusers_handler`, and its parts."""
