"""`stepless export`: every way to say a size, depth, format and model, read back from the file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageCms
from PIL.PngImagePlugin import PngInfo

from liif_core import device
from liif_core.checkpoint.load import load_model
from liif_core.errors import OutOfMemory
from liif_core.geometry import OutputGrid, Size
from liif_core.imaging.read import read_image
from liif_core.imaging.write import quantise, write_image
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer
from tests.cli.terminal import Stepless, assert_refused, files_in, run_python
from tests.golden import make_golden

pytestmark = pytest.mark.usefixtures("one_thread")

WIDTH, HEIGHT = 70, 45


def size_of(path: Path) -> tuple[int, int]:
    size = read_image(path).size
    return size.width, size.height


def rendered(photo: Path, model: Path, width: int, height: int) -> NDArray[np.float32]:
    """What a model gives for the whole photo at a size, at once."""
    image = read_image(photo)
    grid = OutputGrid(image.size, Size(height, width))
    return Renderer(image, load_model(model)[0], FeatureCache(1 << 28)).render(grid, grid.output.rect)


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    return int(np.abs(one.astype(int) - other).max())


@pytest.mark.parametrize(
    ("wish", "size"),
    [
        (("--scale", "2"), (140, 90)),
        (("--scale", "2.37"), (166, 107)),
        (("--scale", "1.01"), (71, 45)),
        (("--scale", "0.5"), (35, 23)),
        (("--scale", "1e-9"), (1, 1)),
        (("--size", "140x20"), (140, 20)),
        (("--size", "30X100"), (30, 100)),
        (("--size", "1x1"), (1, 1)),
        (("--long-side", "141"), (141, 91)),
        (("--long-side", "7"), (7, 5)),
        (("--scale", "2", "--crop", "10,20,30,5"), (60, 10)),
        (("--size", "64x48", "--crop", "0,0,8,6"), (64, 48)),
        (("--long-side", "100", "--crop", "60,5,10,40"), (25, 100)),
    ],
)
def test_file_has_the_size_asked_for(
    stepless: Stepless, photo: Path, tiny_model: Path, wish: tuple[str, ...], size: tuple[int, int]
) -> None:
    out = photo.with_name("out.png")
    outcome = stepless("export", photo, out, "--model", tiny_model, *wish)
    assert (outcome.code, outcome.err) == (0, "")
    assert size_of(out) == size
    assert outcome.out.startswith(f"{out}: {size[0]} x {size[1]} pixels in ")
    assert outcome.out.count("\n") == 1
    assert files_in(photo.parent) == {"photo.png", "out.png"}


@pytest.mark.parametrize(("width", "height"), [(166, 107), (140, 300)])
def test_enlargements_are_the_models(
    stepless: Stepless, photo: Path, tiny_model: Path, width: int, height: int
) -> None:
    out = photo.with_name("out.png")
    assert stepless("export", photo, out, "--size", f"{width}x{height}", "--model", tiny_model).code == 0
    expected = quantise(rendered(photo, tiny_model, width, height), 8)
    assert difference(read_image(out).pixels, expected) <= 1
    # The model is one whose work is seen.
    plain = PillowImage.open(photo).resize((width, height), PillowImage.Resampling.BILINEAR)
    assert difference(expected, np.asarray(plain)) > 20


def test_a_self_ensemble_is_the_average_of_eight_orientations(
    stepless: Stepless, photo: Path, tiny_model: Path
) -> None:
    mirror = photo.with_name("mirror.png")
    write_image(mirror, np.ascontiguousarray(read_image(photo).pixels[:, ::-1]))

    def exported(source: Path, *options: str) -> NDArray[np.uint8]:
        out = photo.with_name("out.png")
        how = ("--scale", "2.7", "--model", tiny_model, "--precision", "fp32", *options)
        assert stepless("export", source, out, *how).code == 0
        return read_image(out).pixels

    def memory(*options: str) -> int:
        report = photo.with_name("report.json")
        how = ("--scale", "2.7", "--model", tiny_model, "--estimate", "--json", report, *options)
        assert stepless("export", photo, photo.with_name("out.png"), *how).code == 0
        (told,) = json.loads(report.read_text(encoding="utf-8"))["files"]
        return int(told["memory_bytes"])

    assert memory("--self-ensemble") > memory() > 0
    once, eight_times = exported(photo), exported(photo, "--self-ensemble")
    # A photo and its mirror image are then enlarged alike; by the model alone they are not.
    assert difference(exported(mirror)[:, ::-1], once) > 5
    assert difference(exported(mirror, "--self-ensemble")[:, ::-1], eight_times) <= 1
    assert difference(eight_times, once) > 5


def test_a_side_that_is_reduced_is_averaged_before_the_other_is_enlarged(
    stepless: Stepless, tmp_path: Path, tiny_model: Path
) -> None:
    """Stripes of one pixel, white and black by turns, three of four black: their mean is a quarter."""
    stripes = np.zeros((40, 400, 3), np.uint8)
    stripes[:, ::4] = 255
    photo, out = tmp_path / "stripes.png", tmp_path / "out.png"
    PillowImage.fromarray(stripes).save(photo)
    assert stepless("export", photo, out, "--size", "100x80", "--model", tiny_model).code == 0
    uniform = tmp_path / "uniform.png"
    PillowImage.fromarray(np.full((40, 100, 3), 64, np.uint8)).save(uniform)
    expected = tmp_path / "expected.png"
    assert stepless("export", uniform, expected, "--size", "100x80", "--model", tiny_model).code == 0
    assert difference(read_image(out).pixels, read_image(expected).pixels) <= 2


def test_a_reduced_crop_takes_in_nothing_from_beside_it(stepless: Stepless, tmp_path: Path) -> None:
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[5:15, 5:15] = 200
    photo, out = tmp_path / "spot.png", tmp_path / "out.png"
    PillowImage.fromarray(pixels).save(photo)
    assert stepless("export", photo, out, "--crop", "5,5,10,10", "--size", "1x1").code == 0
    assert read_image(out).pixels.tolist() == [[[200, 200, 200]]]


def test_the_photo_itself_is_never_overwritten(stepless: Stepless, photo: Path) -> None:
    before = photo.read_bytes()
    outcome = stepless("export", photo, photo, "--scale", "0.5")
    assert outcome.code == 2
    assert "overwritten" in outcome.err
    assert photo.read_bytes() == before


def test_scale_1_is_the_photo_itself(
    stepless: Stepless, photo: Path, pixels: NDArray[np.uint8], tiny_model: Path
) -> None:
    out = photo.with_name("out.png")
    assert stepless("export", photo, out, "--scale", "1", "--model", tiny_model).code == 0
    assert np.array_equal(read_image(out).pixels, pixels)
    assert stepless("export", photo, out, "--scale", "1", "--crop", "3,4,50,30", "--model", tiny_model).code == 0
    assert np.array_equal(read_image(out).pixels, pixels[4:34, 3:53])


def test_reductions_are_area_averages_and_not_the_models(
    stepless: Stepless, photo: Path, pixels: NDArray[np.uint8], tiny_model: Path
) -> None:
    out = photo.with_name("out.png")
    assert stepless("export", photo, out, "--size", "35x45", "--model", tiny_model).code == 0
    means = pixels.reshape(45, 35, 2, 3).mean(2)
    assert np.abs(read_image(out).pixels - means).max() <= 0.51


@pytest.mark.parametrize("scale", ["2.5", "1.3", "0.4"])
@pytest.mark.parametrize(
    ("x", "y", "w", "h"), [(0, 0, 20, 10), (50, 0, 20, 10), (0, 35, 20, 10), (50, 35, 20, 10), (23, 17, 11, 13)]
)
def test_crop_has_the_pixels_of_the_whole(
    stepless: Stepless, photo: Path, tiny_model: Path, scale: str, x: int, y: int, w: int, h: int
) -> None:
    whole, part = photo.with_name("whole.png"), photo.with_name("part.png")
    assert stepless("export", photo, whole, "--scale", scale, "--model", tiny_model).code == 0
    crop = f"{x},{y},{w},{h}"
    assert stepless("export", photo, part, "--scale", scale, "--crop", crop, "--model", tiny_model).code == 0
    everything, cut = read_image(whole).pixels, read_image(part).pixels
    # Corners of the photo are corners of its export.
    top = 0 if y == 0 else everything.shape[0] - cut.shape[0] if y == 35 else round(y * everything.shape[0] / HEIGHT)
    left = 0 if x == 0 else everything.shape[1] - cut.shape[1] if x == 50 else round(x * everything.shape[1] / WIDTH)
    assert cut.shape[0] == pytest.approx(h * float(scale), abs=1)
    assert cut.shape[1] == pytest.approx(w * float(scale), abs=1)
    assert difference(cut, everything[top : top + cut.shape[0], left : left + cut.shape[1]]) <= 1


def test_smallest_crop_can_be_reduced(stepless: Stepless, photo: Path, tiny_model: Path) -> None:
    out = photo.with_name("out.png")
    outcome = stepless("export", photo, out, "--scale", "0.5", "--crop", "69,44,1,1", "--model", tiny_model)
    assert outcome.code == 0, outcome
    assert size_of(out) == (1, 1)


@pytest.mark.parametrize("crop", ["-1,0,5,5", "0,-1,5,5", "66,0,5,5", "0,41,5,5", "0,0,71,45", "0,0,0,5", "5,5,-1,2"])
def test_crop_outside_of_the_photo_is_refused(stepless: Stepless, photo: Path, crop: str) -> None:
    outcome = stepless("export", photo, photo.with_name("out.png"), "--scale", "2", f"--crop={crop}")
    assert_refused(outcome, crop, "70 x 45")
    assert files_in(photo.parent) == {"photo.png"}


@pytest.mark.parametrize("name", ["out.png", "out.tif"])
def test_16_bits_are_really_16(stepless: Stepless, photo: Path, tiny_model: Path, name: str) -> None:
    out = photo.with_name(name)
    assert stepless("export", photo, out, "--scale", "3.3", "--bits", "16", "--model", tiny_model).code == 0
    image = read_image(out)
    assert image.source_bits == 16
    assert len(np.unique(image.pixels)) > 256 * 4
    # Not 8 bits blown up: those are all multiples of 257.
    assert np.count_nonzero(image.pixels % 257) > image.pixels.size / 2


@pytest.mark.parametrize("name", ["out.png", "out.PNG", "out.jpg", "out.jpeg", "out.tif", "out.tiff", "out.webp"])
def test_extension_is_the_format_and_the_profile_is_kept(
    stepless: Stepless, tmp_path: Path, pixels: NDArray[np.uint8], tiny_model: Path, name: str
) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    write_image(tmp_path / "photo.png", pixels, icc_profile=profile)
    assert (
        stepless("export", tmp_path / "photo.png", tmp_path / name, "--scale", "1.5", "--model", tiny_model).code == 0
    )
    with PillowImage.open(tmp_path / name) as picture:
        extension = name.lower().rpartition(".")[2]
        assert picture.format == {"jpg": "JPEG", "jpeg": "JPEG", "tif": "TIFF", "tiff": "TIFF"}.get(
            extension, extension.upper()
        )
        assert picture.size == (105, 68)
        assert picture.info["icc_profile"] == profile


def test_what_the_format_has_no_room_for_is_told(stepless: Stepless, tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    chunks = PngInfo()
    chunks.add_itxt("XML:com.adobe.xmp", '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>' + " " * 65_600)
    PillowImage.fromarray(pixels).save(tmp_path / "photo.png", pnginfo=chunks)
    outcome = stepless("export", tmp_path / "photo.png", tmp_path / "out.jpg", "--scale", "1.5", "--model", "bicubic")
    assert outcome.code == 0
    assert "its XMP block is too long" in outcome.out


def test_bundled_model_is_the_default_and_found_by_name(stepless: Stepless, photo: Path) -> None:
    by_name, by_default = photo.with_name("name.png"), photo.with_name("default.png")
    assert stepless("export", photo, by_name, "--scale", "2", "--model", "fast").code == 0
    assert stepless("export", photo, by_default, "--scale", "2").code == 0
    picture = read_image(by_name).pixels
    assert np.array_equal(picture, read_image(by_default).pixels)
    # A trained model's picture is near the bicubic one, and not the same.
    bicubic = np.asarray(PillowImage.open(photo).resize((140, 90), PillowImage.Resampling.BICUBIC))
    assert 0.1 < np.abs(picture.astype(int) - bicubic).mean() < 8


def test_published_checkpoint_exports(stepless: Stepless, photo: Path) -> None:
    weights = {name: torch.from_numpy(array) for name, array in make_golden.official_state({}).items()}
    checkpoint = photo.with_name("edsr-baseline-liif.pth")
    torch.save({"model": {**make_golden.official_spec({}), "sd": weights}, "epoch": 1000}, checkpoint)
    out = photo.with_name("out.png")
    assert stepless("export", photo, out, "--scale", "1.7", "--model", checkpoint).code == 0
    expected = quantise(rendered(photo, checkpoint, 119, 77), 8)
    assert difference(read_image(out).pixels, expected) <= 1


def test_bf16_is_refused_where_it_is_not_native(
    stepless: Stepless, photo: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "computes_bf16", lambda _: False)
    command = ("export", photo, photo.with_name("out.png"), "--scale", "2", "--model", tiny_model, "--device", "cpu")
    assert_refused(stepless(*command, "--precision", "bf16"), "bf16", "fp32 or auto")
    assert files_in(photo.parent) == {"photo.png"}
    assert stepless(*command, "--precision", "auto").code == 0


@pytest.mark.parametrize("name", ["nonsense", "gpu", "cuda:x", ""])
def test_unknown_device_is_refused(stepless: Stepless, photo: Path, tiny_model: Path, name: str) -> None:
    out = photo.with_name("out.png")
    assert_refused(stepless("export", photo, out, "--scale", "2", "--model", tiny_model, "--device", name), "device")
    assert not out.exists()


def test_names_with_spaces_other_scripts_and_brackets(
    stepless: Stepless, tmp_path: Path, pixels: NDArray[np.uint8], tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Größe 写真").mkdir()
    monkeypatch.chdir(tmp_path / "Größe 写真")
    write_image("mein [bold]Foto.png", pixels)
    outcome = stepless("export", "mein [bold]Foto.png", "../aus gabe é.webp", "--scale", "1.2", "--model", tiny_model)
    assert (outcome.code, outcome.err) == (0, "")
    assert "aus gabe é.webp: 84 x 54 pixels" in outcome.out
    assert size_of(tmp_path / "aus gabe é.webp") == (84, 54)


@pytest.mark.parametrize(
    ("height", "width", "wish", "size"),
    [
        (1, 1, ("--scale", "8"), (8, 8)),
        (1, 1, ("--scale", "0.1"), (1, 1)),
        (1, 20000, ("--long-side", "100"), (100, 1)),
        (20000, 1, ("--scale", "1.5"), (2, 30000)),
        (1, 20000, ("--size", "50x4"), (50, 4)),
    ],
)
def test_extreme_shapes_export(
    stepless: Stepless,
    tmp_path: Path,
    tiny_model: Path,
    height: int,
    width: int,
    wish: tuple[str, str],
    size: tuple[int, int],
) -> None:
    levels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    write_image(tmp_path / "in.png", levels)
    outcome = stepless("export", tmp_path / "in.png", tmp_path / "out.png", *wish, "--model", tiny_model)
    assert (outcome.code, outcome.err) == (0, "")
    assert size_of(tmp_path / "out.png") == size


@pytest.mark.parametrize("raised", [OutOfMemory("not enough memory to render"), KeyboardInterrupt()])
def test_failure_while_rendering_leaves_the_old_file(
    stepless: Stepless, photo: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, raised: BaseException
) -> None:
    out = photo.with_name("out.png")
    out.write_bytes(b"the old file")
    calls = []

    def render(*_: object, **__: object) -> None:
        calls.append(1)
        raise raised

    monkeypatch.setattr(Renderer, "render_display", render)
    outcome = stepless("export", photo, out, "--scale", "2", "--model", tiny_model)
    assert calls
    assert outcome.code == (130 if isinstance(raised, KeyboardInterrupt) else 2)
    assert outcome.err == f"stepless: {'stopped' if isinstance(raised, KeyboardInterrupt) else raised}\n"
    assert out.read_bytes() == b"the old file"
    assert files_in(photo.parent) == {"photo.png", "out.png"}


IMPOSSIBLE = [
    ("photo.png", "out.xyz", "--scale", "2"),
    ("photo.png", "out", "--scale", "2"),
    ("photo.png", "missing/out.png", "--scale", "2"),
    ("photo.png", "folder.png", "--scale", "2"),
    ("photo.png", "out.jpg", "--scale", "2", "--bits", "16"),
    ("photo.png", "out.jpg", "--scale", "2", "--dpi", "5000000"),
    ("photo.png", "out.webp", "--size", "16384x10"),
    ("photo.png", "out.jpg", "--size", "65501x10"),
    ("photo.png", "out.png", "--scale", "2", "--crop", "60,40,11,5"),
    ("photo.png", "out.png", "--size", "70000x70000"),
    ("photo.png", "out.png", "--scale", "1e308"),
    ("photo.png", "out.png", "--long-side", "1" + "0" * 400),
    ("photo.png", "out.png", "--size", f"1{'0' * 400}x3"),
    ("photo.png", "out.png", "--long-side", "0"),
    ("photo.png", "out.png", "--scale", "2", "--model", "no such model"),
    ("missing.png", "out.png", "--scale", "2"),
]

RUN_EACH = """
import json, sys
from app.main import main
codes = [main(["export", *command]) for command in json.loads(sys.argv[1])]
heavy = sorted({"torch", "PySide6"} & set(sys.modules))
print(json.dumps([codes, heavy]))
"""


def test_impossible_requests_are_refused_before_any_work(photo: Path) -> None:
    (photo.parent / "folder.png").mkdir()
    outcome = run_python(RUN_EACH, json.dumps(IMPOSSIBLE), cwd=photo.parent)
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out) == [[2] * len(IMPOSSIBLE), []]
    sentences = outcome.err.splitlines()
    assert len(sentences) == len(IMPOSSIBLE)
    assert all(sentence.startswith("stepless: ") and len(sentence) < 250 for sentence in sentences)
    assert files_in(photo.parent) == {"photo.png", "folder.png"}


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ((), "--preset is required"),
        (("--scale", "2", "--size", "3x3"), "not allowed with"),
        (("--scale", "0"), "'0' is not a positive number"),
        (("--scale", "-2"), "'-2' is not a positive number"),
        (("--scale", "nan"), "'nan' is not a positive number"),
        (("--scale", "inf"), "'inf' is not a positive number"),
        (("--scale", "two"), "'two' is not a positive number"),
        (("--size", "10"), "'10' is no size"),
        (("--size", "0x5"), "'0x5' is no size"),
        (("--size", "1.5x2"), "'1.5x2' is no size"),
        (("--long-side", "1e3"), "'1e3'"),
        (("--scale", "2", "--crop", "1.5,2,3,4"), "'1.5,2,3,4' is no crop"),
        (("--scale", "2", "--crop", "1,2,3"), "'1,2,3' is no crop"),
        (("--scale", "2", "--bits", "12"), "12"),
        (("--scale", "2", "--precision", "fp16"), "'fp16'"),
    ],
)
def test_options_that_make_no_sense_name_the_option(
    stepless: Stepless, photo: Path, options: tuple[str, ...], part: str
) -> None:
    outcome = stepless("export", photo, photo.with_name("out.png"), *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert part in outcome.err.splitlines()[-1]
    assert files_in(photo.parent) == {"photo.png"}
