"""Triton's own client against the service: python triton_client.py HOST:PORT FOLDER

FOLDER holds, for n images, N.jpg, N.tensor (the model's own input) and N.vector
(what mekiki.v1 makes of the file), float32, little-endian. The repository of the
service holds the same model as version 3. Fails with a traceback.
"""

import pathlib
import queue
import sys

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

MODEL = "documents-lcnet050"

url, folder = sys.argv[1], pathlib.Path(sys.argv[2])
names = sorted(path.stem for path in folder.glob("*.jpg"))
files = [(folder / f"{name}.jpg").read_bytes() for name in names]
tensors = np.stack(
    [np.fromfile(folder / f"{name}.tensor", "<f4").reshape(3, 192, 192) for name in names]
)
expected = np.stack([np.fromfile(folder / f"{name}.vector", "<f4") for name in names])
assert len(names) > 1


def encoded(images, shape=None):
    array = np.array(images, dtype=np.object_).reshape(shape or [len(images)])
    tensor = triton.InferInput("encoded_image", list(array.shape), "BYTES")
    tensor.set_data_from_numpy(array)
    return [tensor]


def prepared(array):
    tensor = triton.InferInput("image", list(array.shape), "FP32")
    tensor.set_data_from_numpy(np.ascontiguousarray(array))
    return [tensor]


def assert_same(vectors, wanted):
    assert vectors.dtype == np.float32 and vectors.shape == wanted.shape, (vectors.dtype, vectors.shape)
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-3
    cosines = (vectors * wanted).sum(axis=1)
    assert cosines.min() > 0.99999, cosines


def refused(code, text, call, *arguments, **options):
    try:
        call(*arguments, **options)
    except InferenceServerException as error:
        assert error.status() == f"StatusCode.{code}", error
        assert text in error.message(), error
    else:
        raise AssertionError(f"not refused: {text}")


with triton.InferenceServerClient(url) as client:
    assert client.is_server_live() and client.is_server_ready()
    assert client.is_model_ready(MODEL) and not client.is_model_ready("nothing")
    assert client.get_server_metadata(as_json=True)["name"] == "mekiki"
    metadata = client.get_model_metadata(MODEL)
    assert [i.name for i in metadata.inputs] == ["encoded_image", "image"]
    assert client.get_model_config(MODEL).config.max_batch_size == 64

    assert_same(client.infer(MODEL, encoded(files)).as_numpy("embedding"), expected)
    assert_same(
        client.infer(MODEL, encoded(files, [len(files), 1])).as_numpy("embedding"), expected
    )
    outputs = [triton.InferRequestedOutput("embedding")]
    answer = client.infer(
        MODEL, prepared(tensors), model_version="3", outputs=outputs, request_id="seven",
        timeout=60_000_000, client_timeout=60,
    )
    assert_same(answer.as_numpy("embedding"), expected)
    assert answer.get_response().id == "seven"

    refused("NOT_FOUND", "models/nothing", client.infer, "nothing", encoded(files))
    refused("NOT_FOUND", "versions/9", client.infer, MODEL, encoded(files), model_version="9")
    refused("INVALID_ARGUMENT", "encoded_image[1]", client.infer, MODEL, encoded([files[0], b"none"]))
    refused("INVALID_ARGUMENT", "[n, 3, 192, 192]", client.infer, MODEL, prepared(tensors[:, :, :64]))
    refused("DEADLINE_EXCEEDED", "", client.infer, MODEL, encoded(files), client_timeout=1e-6)
    refused("DEADLINE_EXCEEDED", "deadline expired", client.infer, MODEL, encoded(files), timeout=1)

    answers = queue.Queue()
    client.async_infer(MODEL, encoded(files), lambda result, error: answers.put((result, error)))
    result, error = answers.get(timeout=60)
    assert error is None, error
    assert_same(result.as_numpy("embedding"), expected)

    client.start_stream(lambda result, error: answers.put((result, error)))
    for i in range(30):
        images = [b"none"] if i % 10 == 9 else [files[i % len(files)]]
        client.async_stream_infer(MODEL, encoded(images), request_id=str(i))
    for i in range(30):
        result, error = answers.get(timeout=60)
        if i % 10 == 9:
            assert "encoded_image[0]" in error.message(), error
        else:
            assert error is None and result.get_response().id == str(i), (i, error)
            assert_same(result.as_numpy("embedding"), expected[[i % len(files)]])
    client.stop_stream()

    client.load_model(MODEL + "@4")
    index = client.get_model_repository_index().models
    assert {(m.version, m.state) for m in index if m.name == MODEL} == {("3", "READY"), ("4", "READY")}, index
    answer = client.infer(MODEL, encoded(files))
    assert answer.get_response().model_version == "4"
    assert_same(answer.as_numpy("embedding"), expected)
    client.unload_model(MODEL + "@4")
    assert not client.is_model_ready(MODEL, "4")
    assert client.infer(MODEL, encoded(files)).get_response().model_version == "3"

    (statistics,) = client.get_inference_statistics(MODEL).model_stats
    assert statistics.inference_stats.success.count >= 30, statistics
    assert statistics.inference_stats.fail.count >= 5, statistics
    assert 0 < statistics.execution_count <= statistics.inference_count, statistics

print("tritonclient: all as expected")
