"""Text-to-video and image-to-video through diffusers' pipelines, streamed frame by frame into a lossless file."""
