"""The training command ends in a pipeline that draws, and can begin with one."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def test_the_training_script_makes_a_pipeline_that_draws(tmp_path: Path) -> None:
    import torch
    from diffusers import DiffusionPipeline

    from lab.training.backdrop.__main__ import main

    small = [
        "--pictures",
        "8",
        "--twins",
        "4",
        "--decoder-steps",
        "2",
        "--denoiser-steps",
        "2",
        "--batch",
        "2",
        "--threads",
        "1",
    ]
    main(["--out", str(tmp_path / "model"), "--work", str(tmp_path / "work"), *small])
    pipeline = DiffusionPipeline.from_pretrained(tmp_path / "model", torch_dtype=torch.float32, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    drawn = pipeline(["snow"], width=128, height=128, num_inference_steps=2, output_type="np").images
    assert drawn.shape == (1, 128, 128, 3)
    assert np.isfinite(drawn).all()

    again = ["--start", str(tmp_path / "model"), "--stages", "data", "decoder", "denoiser", "export"]
    begun = [*small[:7], "0", *small[8:]]  # no step of the denoiser: what comes out is what went in
    main(["--out", str(tmp_path / "prolonged"), "--work", str(tmp_path / "work2"), *begun, *again])
    for part in ("unet", "vae"):
        name = f"{part}/diffusion_pytorch_model.safetensors"
        assert (tmp_path / "prolonged" / name).read_bytes() == (tmp_path / "model" / name).read_bytes()
