"""Makes an ONNX model take pictures of any size: free_dimensions.py MODEL.onnx OUT.onnx

The batch stays 1; height and width of the input and of every output become free. Weights stop being
inputs (as files of ONNX IR version 3 list them), so that the runtime may fold and fuse them; those
that no node reads go.
"""

import sys

import onnx


def free_height_and_width(value: onnx.ValueInfoProto, height: str, width: str) -> None:
    batch, _, rows, columns = value.type.tensor_type.shape.dim
    batch.dim_value = 1
    rows.dim_param = height
    columns.dim_param = width


def keep_only(field, items: list) -> None:
    kept = [type(item).FromString(item.SerializeToString()) for item in items]
    del field[:]
    field.extend(kept)


def main(source: str, target: str) -> None:
    model = onnx.load(source)
    graph = model.graph
    used = {name for node in graph.node for name in node.input}
    weights = [weight for weight in graph.initializer if weight.name in used]
    names = {weight.name for weight in graph.initializer}
    inputs = [value for value in graph.input if value.name not in names]
    for value in inputs:
        free_height_and_width(value, "height", "width")
    keep_only(graph.input, inputs)
    keep_only(graph.initializer, weights)
    for value in graph.output:
        free_height_and_width(value, "output_height", "output_width")
    model.ir_version = 8
    onnx.checker.check_model(model)
    with open(target, "wb") as out:
        out.write(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
