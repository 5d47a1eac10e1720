"""What a file holds, read from its bytes."""

from collections import Counter

from tensorflow.lite.python import schema_py_generated as schema

OPERATORS = {code: name for name, code in vars(schema.BuiltinOperator).items() if name.isupper()}
TYPES = {code: name.lower() for name, code in vars(schema.TensorType).items() if name.isupper()}


def contents(data: bytes) -> dict:
    """How often each operator occurs; bytes of constants, and numbers of other tensors, by type."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    operators: Counter = Counter()
    constants: Counter = Counter()
    activations: Counter = Counter()
    counted: set[int] = set()
    for graph in model.subgraphs:
        for operator in graph.operators:
            code = model.operatorCodes[operator.opcodeIndex]
            operators[OPERATORS[max(code.builtinCode, code.deprecatedBuiltinCode)]] += 1
        for tensor in graph.tensors:
            kind = TYPES[tensor.type]
            buffer = model.buffers[tensor.buffer].data
            if buffer is None or len(buffer) == 0:
                activations[kind] += 1
            elif tensor.buffer not in counted:
                counted.add(tensor.buffer)
                constants[kind] += len(buffer)
    return {
        "operators": dict(operators.most_common()),
        "constantBytes": dict(constants.most_common()),
        "activations": dict(activations.most_common()),
    }
