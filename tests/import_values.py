"""Makes the trained files, and what their frameworks compute, that tests/import compares with: tests/golden/import/*.

Run it by hand when a case is added, and commit what it writes. It needs Python 3.11, numpy 2.4.6, and for
    keras      keras 3.15.1
    keras_2    tf_keras 2.21.0 and tensorflow-cpu 2.21.0
    torch      torch 2.15.0 and safetensors 0.8.0
    onnx       onnx 1.23.2, onnxruntime 1.32.0, torch 2.15.0

    python tests/import_values.py [name...]      # all without names
"""

import importlib
import sys

MAKERS = ["keras", "keras_2", "torch", "rtneural", "nam", "onnx"]

if __name__ == "__main__":
    for name in sys.argv[1:] or MAKERS:
        importlib.import_module(f"import_cases.{name}_files").write()
