"""The network against the table of the paper (He et al., 2016, table 1, 18-layer)."""

import pytest
import torch
from corpora import on_one_thread
from torch import nn
from torch.nn import functional as F

from thesis_lib.resnet import Block, ResNet18

one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)

# Each convolution of the standard network, in order: in, out, kernel, stride. Written down from
# the paper: 7 x 7, 64, stride 2; four stages of two blocks of two 3 x 3; 64, 128, 256, 512
# channels; the first block of stages 2 to 4 halves the picture, with a 1 x 1 convolution around.
STANDARD = {
    "conv": (3, 64, 7, 2),
    "stage1.0.conv1": (64, 64, 3, 1),
    "stage1.0.conv2": (64, 64, 3, 1),
    "stage1.1.conv1": (64, 64, 3, 1),
    "stage1.1.conv2": (64, 64, 3, 1),
    "stage2.0.conv1": (64, 128, 3, 2),
    "stage2.0.conv2": (128, 128, 3, 1),
    "stage2.0.around.0": (64, 128, 1, 2),
    "stage2.1.conv1": (128, 128, 3, 1),
    "stage2.1.conv2": (128, 128, 3, 1),
    "stage3.0.conv1": (128, 256, 3, 2),
    "stage3.0.conv2": (256, 256, 3, 1),
    "stage3.0.around.0": (128, 256, 1, 2),
    "stage3.1.conv1": (256, 256, 3, 1),
    "stage3.1.conv2": (256, 256, 3, 1),
    "stage4.0.conv1": (256, 512, 3, 2),
    "stage4.0.conv2": (512, 512, 3, 1),
    "stage4.0.around.0": (256, 512, 1, 2),
    "stage4.1.conv1": (512, 512, 3, 1),
    "stage4.1.conv2": (512, 512, 3, 1),
}


def shapes(model, x):
    """The shape that comes out of each stage, without the batch."""
    seen = {}
    for name in ("conv", "stage1", "stage2", "stage3", "stage4", "head"):
        getattr(model, name).register_forward_hook(
            lambda _, __, out, name=name: seen.update({name: tuple(out.shape[1:])})
        )
    with torch.no_grad():
        model.eval()(x)
    return seen


def test_as_many_parameters_as_the_standard_network():
    model = ResNet18(channels=3, embedding=1000)
    assert sum(p.numel() for p in model.parameters()) == 11689512


def test_its_convolutions_are_the_standard_ones():
    model = ResNet18(channels=3, embedding=1000)
    found = {
        name: (m.in_channels, m.out_channels, m.kernel_size[0], m.stride[0])
        for name, m in model.named_modules()
        if isinstance(m, nn.Conv2d)
    }
    assert found == STANDARD
    for name, (_, _, kernel, _) in STANDARD.items():
        conv = model.get_submodule(name)
        assert conv.bias is None
        assert conv.kernel_size == (kernel, kernel)
        assert conv.padding == ((kernel - 1) // 2,) * 2
    norms = [m.num_features for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    assert sum(norms) == sum(out for _, out, _, _ in STANDARD.values())


def test_the_papers_picture_shrinks_as_in_the_papers_table():
    assert shapes(ResNet18(3, 64, 1000), torch.zeros(1, 3, 224, 224)) == {
        "conv": (64, 112, 112),
        "stage1": (64, 56, 56),
        "stage2": (128, 28, 28),
        "stage3": (256, 14, 14),
        "stage4": (512, 7, 7),
        "head": (1000,),
    }


def test_a_tile_of_the_thesis():
    assert shapes(ResNet18(), torch.zeros(1, 1, 498, 128)) == {
        "conv": (64, 249, 64),
        "stage1": (64, 125, 32),
        "stage2": (128, 63, 16),
        "stage3": (256, 32, 8),
        "stage4": (512, 16, 4),
        "head": (256,),
    }


def by_hand(weights, x):
    """The network once more, written out with functions only (evaluation mode)."""

    def norm(x, name):
        w = {key: weights[f"{name}.{key}"] for key in ("running_mean", "running_var")}
        return F.batch_norm(x, *w.values(), weights[f"{name}.weight"], weights[f"{name}.bias"])

    def conv(x, name, stride, padding):
        return F.conv2d(x, weights[f"{name}.weight"], None, stride, padding)

    x = F.max_pool2d(F.relu(norm(conv(x, "conv", 2, 3), "norm")), 3, 2, 1)
    for stage in (1, 2, 3, 4):
        for block in (0, 1):
            name, stride = f"stage{stage}.{block}", 2 if stage > 1 and block == 0 else 1
            y = F.relu(norm(conv(x, f"{name}.conv1", stride, 1), f"{name}.norm1"))
            y = norm(conv(y, f"{name}.conv2", 1, 1), f"{name}.norm2")
            if stride == 2:
                x = norm(conv(x, f"{name}.around.0", 2, 0), f"{name}.around.1")
            x = F.relu(x + y)
    x = F.adaptive_avg_pool2d(x, 1).flatten(1)
    return F.linear(x, weights["head.weight"], weights["head.bias"])


@pytest.mark.parametrize("channels", [1, 4])
def test_it_computes_what_the_paper_says(channels):
    torch.manual_seed(0)
    model = ResNet18(channels, 8, 16)
    for module in model.modules():  # norms that do something
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.normal_(module.weight)
            nn.init.normal_(module.bias)
    x = torch.randn(3, channels, 98, 64)
    with torch.no_grad():
        got = model.eval()(x)
        want = by_hand(model.state_dict(), x)
    assert got.shape == (3, 16) and got.std() > 0.01
    torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("channels, width, embedding", [(1, 64, 256), (4, 16, 32), (1, 4, 2)])
def test_channels_width_and_embedding_are_parameters(channels, width, embedding):
    model = ResNet18(channels, width, embedding)
    assert model.conv.weight.shape == (width, channels, 7, 7)
    assert model.head.weight.shape == (embedding, 8 * width)
    for name, (inputs, outputs, kernel, _) in list(STANDARD.items())[1:]:
        scaled = (outputs * width // 64, inputs * width // 64, kernel, kernel)
        assert model.get_submodule(name).weight.shape == scaled


def test_without_its_convolutions_a_block_is_the_way_around():
    x = torch.randn(2, 4, 6, 6)
    block = Block(4, 4, 1).eval()
    nn.init.zeros_(block.norm2.weight)
    with torch.no_grad():
        torch.testing.assert_close(block(x), F.relu(x))


def test_mean_and_deviation_of_the_input_stay_with_the_weights():
    torch.manual_seed(0)
    with_them = ResNet18(1, 4, 8, mean=-40.0, std=12.5).eval()
    without = ResNet18(1, 4, 8).eval()
    assert with_them.state_dict()["mean"] == -40 and with_them.state_dict()["std"] == 12.5
    weights = with_them.state_dict() | {"mean": torch.tensor(0.0), "std": torch.tensor(1.0)}
    without.load_state_dict(weights)
    x = -40 + 12.5 * torch.randn(2, 1, 50, 32)
    with torch.no_grad():
        torch.testing.assert_close(with_them(x), without((x + 40) / 12.5))
        assert not torch.allclose(with_them(x), without(x))
    learned = {name for name, _ in with_them.named_parameters()}
    assert not learned & {"mean", "std"}


def test_every_weight_gets_a_gradient():
    torch.manual_seed(0)
    model = ResNet18(1, 4, 8)
    model(torch.randn(4, 1, 98, 64)).square().sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name
