"""Trains the project's network in PyTorch, as fast as PyTorch does it, for the benchmark beside the project's trainer.

Reads lines "STEPS" from standard input and answers each with the seconds that so many optimiser steps took. The first
line that it writes is the number of trainable parameters of the network without its class weights.

The same work as the project's: LCNet-0.5 with the squeezing neck, CosFace and the loss between pairs, AdamW, a limit on
the gradient, and a moving average of the weights.
"""

import argparse
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

BLOCKS = [
    (3, 8, 16, 1, False),
    (3, 16, 32, 2, False),
    (3, 32, 32, 1, False),
    (3, 32, 64, 2, False),
    (3, 64, 64, 1, False),
    (3, 64, 128, 2, False),
    *[(5, 128, 128, 1, False)] * 5,
    (5, 128, 256, 2, True),
    (5, 256, 256, 1, True),
]


class Excitation(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.reduce = nn.Conv2d(channels, channels // 4, 1)
        self.expand = nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x):
        gate = F.hardsigmoid(self.expand(F.relu(self.reduce(F.adaptive_avg_pool2d(x, 1)))))
        return x * gate


def convolution(inputs, outputs, kernel, stride, groups):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.Hardswish(),
    )


def network():
    layers = [convolution(3, 8, 3, 2, 1)]
    for kernel, inputs, outputs, stride, excites in BLOCKS:
        layers.append(convolution(inputs, inputs, kernel, stride, inputs))
        if excites:
            layers.append(Excitation(inputs))
        layers.append(convolution(inputs, outputs, 1, 1, 1))
    layers += [nn.Conv2d(256, 64, 1, bias=False), nn.BatchNorm2d(64), nn.Flatten()]
    for inputs in (1024, 256):
        layers += [nn.Linear(inputs, 256, bias=False), nn.LayerNorm(256), nn.BatchNorm1d(256)]
    return nn.Sequential(*layers)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--classes", type=int, required=True)
    arguments.add_argument("--batch", type=int, required=True)
    arguments.add_argument("--threads", type=int, required=True)
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = network().to(memory_format=torch.channels_last)
    class_weights = nn.Parameter(torch.randn(options.classes, 256) * 0.1)
    kernels = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() == 1] + [class_weights]
    everything = kernels + others
    optimiser = torch.optim.AdamW(
        [{"params": kernels, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}],
        lr=1e-4,
        betas=(0.9, 0.99),
        fused=True,
    )
    averaged = [p.detach().clone() for p in model.parameters()]
    images = torch.rand(options.batch, 3, 128, 128).to(memory_format=torch.channels_last)
    partners = torch.arange(options.batch) ^ 1
    itself = torch.eye(options.batch) * -1e4

    def step():
        labels = torch.randint(options.classes, (options.batch // 2,)).repeat_interleave(2)
        unit = F.normalize(model(images))
        cosine = unit @ F.normalize(class_weights).t()
        margin = F.one_hot(labels, options.classes) * 0.35
        loss = F.cross_entropy((cosine - margin) * 32, labels)
        loss = loss + F.cross_entropy(unit @ unit.t() / 0.07 + itself, partners)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(everything, 5.0)
        optimiser.step()
        with torch.no_grad():
            torch._foreach_lerp_(averaged, list(model.parameters()), 0.002)

    print(sum(p.numel() for p in model.parameters()), flush=True)
    for line in sys.stdin:
        begun = time.perf_counter()
        for _ in range(int(line)):
            step()
        print(time.perf_counter() - begun, flush=True)


if __name__ == "__main__":
    main()
