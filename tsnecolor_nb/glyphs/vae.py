"""Stage 3: a variational autoencoder (Kingma & Welling 2014) turns pictures into 128 dimensions.

The weight of the KL term is far below the usual one. At the usual weight the latents are pressed
into a round ball, equally wide in all directions, which leaves a coloring nothing to show; a small
weight keeps the spectrum of the glyphs. A share of nested dropout (Rippel et al. 2014) gives the
first dimensions the most information, so that the dimensions are as unequal as those of real
embeddings.
"""

import math
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

from ..arrays.files import write_whole

DIMENSIONS = 128
PIXELS = 28 * 28
KL_WEIGHT = 0.002
NESTED_SHARE = 0.2
BATCH = 512


class Vae(nn.Module):
    """Encoder 784–1024–512–(128 + 128) and decoder 128–512–784, SiLU between the layers."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(PIXELS, 1024), nn.SiLU(), nn.Linear(1024, 512), nn.SiLU()
        )
        self.mean, self.log_variance = nn.Linear(512, DIMENSIONS), nn.Linear(512, DIMENSIONS)
        self.decoder = nn.Sequential(
            nn.Linear(DIMENSIONS, 512), nn.SiLU(), nn.Linear(512, PIXELS)
        )
        # Start almost without noise: otherwise the first epoch learns to ignore the latents.
        nn.init.zeros_(self.log_variance.weight)
        nn.init.constant_(self.log_variance.bias, -2.0)

    def loss(self, x):
        """Return the mean negative evidence lower bound of a batch ``x`` (m, 784) in 0…1."""
        hidden = self.encoder(x)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden).clamp(-10, 4)
        z = mean + torch.randn_like(mean) * torch.exp(log_variance / 2)
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)
        keep = _nested_mask(len(x))
        rebuilt = F.binary_cross_entropy_with_logits(self.decoder(z * keep), x, reduction="sum")
        return (rebuilt + KL_WEIGHT * (kl * keep).sum()) / len(x)


def _nested_mask(m):
    """Return (m, 128) zeros and ones: a share of the rows keeps only its first dimensions."""
    log_uniform = torch.exp(torch.rand(m, 1) * math.log(DIMENSIONS)).floor()
    first = torch.where(torch.rand(m, 1) < NESTED_SHARE, log_uniform, float(DIMENSIONS))
    return (torch.arange(DIMENSIONS) < first).float()


def _batches(pictures, epoch, seed):
    order = np.random.default_rng((seed, epoch)).permutation(len(pictures))
    size = min(BATCH, len(pictures))
    for start in range(0, len(order) - size + 1, size):
        batch = pictures[np.sort(order[start : start + size])]
        yield torch.from_numpy(batch.reshape(size, PIXELS)).float().div_(255)


def train(pictures, checkpoint, epochs=8, seed=0):
    """Return a `Vae` trained on pictures, (n, 28, 28) uint8.

    ``checkpoint``, a path, is written after every epoch; an interrupted run continues from there.
    """
    torch.manual_seed(seed)
    model = Vae()
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=1e-4, fused=True)
    steps = epochs * max(1, len(pictures) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, steps + 1, pct_start=0.1)
    stateful = {"model": model, "optimizer": optimizer, "schedule": schedule}
    first = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        first = saved.pop("epoch") + 1
        for name, state in saved.items():
            stateful[name].load_state_dict(state)
    for epoch in range(first, epochs):
        torch.manual_seed(seed * 1000 + epoch)  # so that a continued run equals an unbroken one
        progress = tqdm(_batches(pictures, epoch, seed), total=max(1, len(pictures) // BATCH),
                        desc=f"train {epoch + 1}/{epochs}", unit="batch")
        for x in progress:
            loss = model.loss(x)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 100.0)
            optimizer.step()
            schedule.step()
            progress.set_postfix(loss=f"{loss.item():.1f}", refresh=False)
        states = {name: one.state_dict() for name, one in stateful.items()}
        write_whole(checkpoint, partial(torch.save, {"epoch": epoch, **states}), overwrite=True)
    return model


@torch.no_grad()
def encode(model, pictures):
    """Return the centered latent means, (n, 128) float32, and their decoder, a dict of float16.

    The dict holds the layers that `Decoder` expects. The prior is centered at zero, but so small a
    KL weight does not hold the data there: one dimension drifts off and wins two thirds of all
    argmaxes by its offset alone.
    """
    latents = torch.cat([
        model.mean(model.encoder(torch.from_numpy(chunk.reshape(-1, PIXELS) / np.float32(255))))
        for chunk in np.array_split(pictures, max(1, len(pictures) // 8192))
    ])
    center = latents.mean(dim=0)
    first, _, last = model.decoder
    layers = {"w1": first.weight.T, "b1": first(center), "w2": last.weight.T, "b2": last.bias}
    arrays = {name: layer.numpy().astype(np.float16) for name, layer in layers.items()}
    return (latents - center).numpy(), arrays
