"""The wavelet layers equal pywt, and their inverse takes them back."""

import itertools

import numpy as np
import pytest
import pywt
import torch

from bsdrd.model.wavelet import DWT2, IDWT2

WAVELETS = ["haar", "db2", "db4", "sym5", "coif1", "bior2.2", "bior1.3", "rbio3.1", "db10"]
MODES = ["periodization", "symmetric", "reflect", "zero"]
SIZES = [(8, 8), (7, 9), (16, 10), (5, 4), (2, 3)]


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("wavelet", WAVELETS)
def test_the_transform_and_its_inverse_equal_pywt_for_odd_and_even_sizes(wavelet, mode, batch):
    for (height, width), dtype in itertools.product(SIZES, (torch.float32, torch.float64)):
        tolerance = 1e-10 if dtype == torch.float64 else 2e-4
        x = torch.from_numpy(np.random.default_rng(height).normal(size=(batch, 2, height, width))).to(dtype)
        expected = pywt.dwt2(x.double().numpy(), wavelet, mode=mode, axes=(2, 3))
        bands = DWT2(wavelet, mode)(x)
        assert bands.dtype == dtype
        np.testing.assert_allclose(
            bands.numpy(), np.stack([expected[0], *expected[1]], axis=1), atol=tolerance, rtol=tolerance
        )
        back = IDWT2(wavelet, mode)(bands)
        np.testing.assert_allclose(
            back.numpy(),
            pywt.idwt2(expected, wavelet, mode=mode, axes=(2, 3)),
            atol=tolerance,
            rtol=tolerance,
        )
        np.testing.assert_allclose(back[..., :height, :width].numpy(), x.numpy(), atol=5 * tolerance)


@pytest.mark.parametrize("wavelet", ["haar", "db2", "bior2.2"])
def test_gradients_flow_through_the_transform_and_its_inverse(wavelet):
    x = torch.randn(1, 1, 6, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda t: IDWT2(wavelet)(DWT2(wavelet)(t)), (x,))


def test_every_discrete_wavelet_of_pywt_can_be_named():
    x = torch.randn(1, 1, 12, 12, dtype=torch.float64)
    for wavelet in pywt.wavelist(kind="discrete"):
        expected = pywt.dwt2(x[0, 0].numpy(), wavelet, mode="periodization")[0]
        np.testing.assert_allclose(DWT2(wavelet)(x)[0, 0, 0].numpy(), expected, atol=1e-6)


def test_an_unknown_wavelet_is_refused_by_name():
    with pytest.raises(ValueError, match="nosuch"):
        DWT2("nosuch")
