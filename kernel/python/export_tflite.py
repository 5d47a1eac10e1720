"""Converts models that Halfnote describes into TensorFlow Lite files.

    python export_tflite.py FOLDER...   converts each FOLDER/job.json
    python export_tflite.py --layers    prints the kinds of layers that can be converted, as JSON

A job leaves FOLDER/model.tflite and FOLDER/result.json, or a result.json that holds an `error`. What is
being done is told in lines of standard output. The program ends when its standard input does, so
that it never outlives the one that started it.
"""

import json
import os
import sys
import threading
import traceback
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Conversion is one thread's work; a GPU would be taken away from whoever trains on it.
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"


def end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(1)


def convert(folder: Path) -> dict:
    from halfnote_tflite.errors import Refused
    from halfnote_tflite.job import run_job

    try:
        return run_job(folder)
    except Refused as refused:
        return {"error": refused.as_json()}
    except Exception as error:
        return {"error": {"code": "tflite-failed", "message": str(error), "trace": traceback.format_exc()}}


def main(arguments: list[str]) -> None:
    if arguments == ["--layers"]:
        from halfnote_tflite.layers.table import LAYERS

        print(json.dumps(sorted(LAYERS)))
        return
    threading.Thread(target=end_with_parent, daemon=True).start()
    print("loading TensorFlow", flush=True)
    for folder in map(Path, arguments):
        result = convert(folder)
        (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


main(sys.argv[1:])
