// tfjs-node's binding with TensorFlow functions added: graphs that are registered once and run in one call.
// It is compiled around tfjs-node's own sources as they lie in the npm package, which stay as they are.

#include <node_api.h>

// Ours is the module's entry, at the end.
#undef NAPI_MODULE
#define NAPI_MODULE(name, init)
#include "tfjs_binding.cc"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "fused/op.h"
#include "inference/ops.h"
#include "tensorflow/c/eager/c_api.h"
#include "tfe_auto_op.h"

namespace tfnodejs {
namespace {

using HandleMap = std::unordered_map<int32_t, TFE_TensorHandle *>;

// What an explicit instantiation may name, access or not: the backend's members, which its class keeps.
template <typename Tag, typename Tag::type Member>
struct Opened {
  friend typename Tag::type Get(Tag) { return Member; }
};
struct Context {
  using type = TFE_Context *TFJSBackend::*;
  friend type Get(Context);
};
struct Handles {
  using type = HandleMap TFJSBackend::*;
  friend type Get(Handles);
};
struct Insert {
  using type = int32_t (TFJSBackend::*)(TFE_TensorHandle *);
  friend type Get(Insert);
};
template struct Opened<Context, &TFJSBackend::tfe_context_>;
template struct Opened<Handles, &TFJSBackend::tfe_handle_map_>;
template struct Opened<Insert, &TFJSBackend::InsertHandle>;

struct BufferFree {
  void operator()(TF_Buffer *buffer) const { TF_DeleteBuffer(buffer); }
};
struct GraphFree {
  void operator()(TF_Graph *graph) const { TF_DeleteGraph(graph); }
};
struct FunctionFree {
  void operator()(TF_Function *function) const { TF_DeleteFunction(function); }
};

bool Arguments(napi_env env, napi_callback_info info, size_t count, napi_value *args) {
  size_t given = count;
  napi_value js_this;
  if (napi_get_cb_info(env, info, &given, args, &js_this, nullptr) == napi_ok && given >= count)
    return true;
  NAPI_THROW_ERROR(env, "Expecting %zu args but got %zu.", count, given);
  return false;
}

bool Strings(napi_env env, napi_value array, std::vector<std::string> *out) {
  uint32_t length;
  ENSURE_NAPI_OK_RETVAL(env, napi_get_array_length(env, array, &length), false);
  out->resize(length);
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    ENSURE_NAPI_OK_RETVAL(env, napi_get_element(env, array, i, &element), false);
    ENSURE_NAPI_OK_RETVAL(env, GetStringParam(env, element, (*out)[i]), false);
  }
  return true;
}

// "node:2" is the third output of a node, as in a GraphDef.
bool Outputs(napi_env env, TF_Graph *graph, const std::vector<std::string> &names,
             std::vector<TF_Output> *out) {
  for (const std::string &name : names) {
    const size_t colon = name.rfind(':');
    TF_Operation *node = TF_GraphOperationByName(graph, name.substr(0, colon).c_str());
    if (node == nullptr || colon == std::string::npos) {
      NAPI_THROW_ERROR(env, "The graph has no node for %s.", name.c_str());
      return false;
    }
    out->push_back({node, std::stoi(name.substr(colon + 1))});
  }
  return true;
}

// An array of sizes, -1 where TensorFlow can't tell one before it runs; null where it can't tell the rank.
bool InferredShape(napi_env env, TF_Graph *graph, TF_Output output, napi_value *result) {
  TF_AutoStatus status;
  const int rank = TF_GraphGetTensorNumDims(graph, output, status.status);
  ENSURE_TF_OK_RETVAL(env, status, false);
  if (rank < 0) return napi_get_null(env, result) == napi_ok;
  std::vector<int64_t> sizes(rank);
  TF_GraphGetTensorShape(graph, output, sizes.data(), rank, status.status);
  ENSURE_TF_OK_RETVAL(env, status, false);
  ENSURE_NAPI_OK_RETVAL(env, napi_create_array_with_length(env, rank, result), false);
  for (int i = 0; i < rank; i++) {
    napi_value size;
    ENSURE_NAPI_OK_RETVAL(env, napi_create_int64(env, sizes[i], &size), false);
    ENSURE_NAPI_OK_RETVAL(env, napi_set_element(env, *result, i, size), false);
  }
  return true;
}

// addFunction(name, graphDef, inputs, outputs, controls, inferred): registers the function that a
// serialized GraphDef stands for, with the given tensors as its arguments and results; the nodes named in
// `controls` run too. Returns the shapes that TensorFlow infers of the tensors named in `inferred`.
napi_value AddFunction(napi_env env, napi_callback_info info) {
  napi_value args[6];
  if (!Arguments(env, info, 6, args)) return nullptr;
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (!backend) return nullptr;
  std::string name;
  std::vector<std::string> inputs, outputs, controls, inferred;
  ENSURE_NAPI_OK_RETVAL(env, GetStringParam(env, args[0], name), nullptr);
  if (!Strings(env, args[2], &inputs) || !Strings(env, args[3], &outputs) ||
      !Strings(env, args[4], &controls) || !Strings(env, args[5], &inferred))
    return nullptr;
  void *data;
  size_t length;
  ENSURE_NAPI_OK_RETVAL(env, napi_get_buffer_info(env, args[1], &data, &length), nullptr);

  TF_AutoStatus status;
  std::unique_ptr<TF_Graph, GraphFree> graph(TF_NewGraph());
  std::unique_ptr<TF_Buffer, BufferFree> definition(TF_NewBufferFromString(data, length));
  TF_ImportGraphDefOptions *options = TF_NewImportGraphDefOptions();
  TF_GraphImportGraphDef(graph.get(), definition.get(), options, status.status);
  TF_DeleteImportGraphDefOptions(options);
  ENSURE_TF_OK_RETVAL(env, status, nullptr);

  std::vector<TF_Output> in, out, asked;
  if (!Outputs(env, graph.get(), inputs, &in) || !Outputs(env, graph.get(), outputs, &out) ||
      !Outputs(env, graph.get(), inferred, &asked))
    return nullptr;
  std::vector<const TF_Operation *> also;
  for (const std::string &node : controls)
    also.push_back(TF_GraphOperationByName(graph.get(), node.c_str()));

  napi_value shapes;
  ENSURE_NAPI_OK_RETVAL(env, napi_create_array_with_length(env, asked.size(), &shapes), nullptr);
  for (size_t i = 0; i < asked.size(); i++) {
    napi_value shape;
    if (!InferredShape(env, graph.get(), asked[i], &shape)) return nullptr;
    ENSURE_NAPI_OK_RETVAL(env, napi_set_element(env, shapes, i, shape), nullptr);
  }

  std::unique_ptr<TF_Function, FunctionFree> function(TF_GraphToFunctionWithControlOutputs(
      graph.get(), name.c_str(), 0, -1, nullptr, in.size(), in.data(), out.size(), out.data(), nullptr,
      also.size(), also.data(), nullptr, nullptr, nullptr, status.status));
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  TFE_ContextAddFunction(backend->*Get(Context()), function.get(), status.status);
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  return shapes;
}

// removeFunction(name): frees a function and the kernels made for it.
napi_value RemoveFunction(napi_env env, napi_callback_info info) {
  napi_value args[1];
  if (!Arguments(env, info, 1, args)) return nullptr;
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (!backend) return nullptr;
  std::string name;
  ENSURE_NAPI_OK_RETVAL(env, GetStringParam(env, args[0], name), nullptr);
  TF_AutoStatus status;
  TFE_ContextRemoveFunction(backend->*Get(Context()), name.c_str(), status.status);
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  return nullptr;
}

// runFunction(name, config, inputIds, outputs): runs it, with a serialized ConfigProto, and returns the
// ids of its results.
napi_value RunFunction(napi_env env, napi_callback_info info) {
  napi_value args[4];
  if (!Arguments(env, info, 4, args)) return nullptr;
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (!backend) return nullptr;
  std::string name;
  void *config;
  size_t config_length;
  uint32_t inputs, count;
  ENSURE_NAPI_OK_RETVAL(env, GetStringParam(env, args[0], name), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, napi_get_buffer_info(env, args[1], &config, &config_length), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, napi_get_array_length(env, args[2], &inputs), nullptr);
  ENSURE_NAPI_OK_RETVAL(env, napi_get_value_uint32(env, args[3], &count), nullptr);

  TF_AutoStatus status;
  TFE_AutoOp op(TFE_NewOp(backend->*Get(Context()), name.c_str(), status.status));
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  const HandleMap &handles = backend->*Get(Handles());
  for (uint32_t i = 0; i < inputs; i++) {
    napi_value element;
    int32_t id;
    ENSURE_NAPI_OK_RETVAL(env, napi_get_element(env, args[2], i, &element), nullptr);
    ENSURE_NAPI_OK_RETVAL(env, napi_get_value_int32(env, element, &id), nullptr);
    const auto handle = handles.find(id);
    if (handle == handles.end()) {
      NAPI_THROW_ERROR(env, "Input Tensor ID not referenced (tensor_id: %d)", id);
      return nullptr;
    }
    TFE_OpAddInput(op.op, handle->second, status.status);
    ENSURE_TF_OK_RETVAL(env, status, nullptr);
  }
  TFE_OpSetAttrString(op.op, "config_proto", config, config_length);

  std::vector<TFE_TensorHandle *> results(count, nullptr);
  int made = count;
  TFE_Execute(op.op, results.data(), &made, status.status);
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  napi_value ids;
  ENSURE_NAPI_OK_RETVAL(env, napi_create_array_with_length(env, made, &ids), nullptr);
  for (int i = 0; i < made; i++) {
    napi_value id;
    ENSURE_NAPI_OK_RETVAL(
        env, napi_create_int32(env, (backend->*Get(Insert()))(results[i]), &id), nullptr);
    ENSURE_NAPI_OK_RETVAL(env, napi_set_element(env, ids, i, id), nullptr);
  }
  return ids;
}

// opList(): a serialized OpList of all ops that this library knows.
napi_value OpList(napi_env env, napi_callback_info info) {
  std::unique_ptr<TF_Buffer, BufferFree> list(TF_GetAllOpList());
  napi_value copy;
  ENSURE_NAPI_OK_RETVAL(
      env, napi_create_buffer_copy(env, list->length, list->data, nullptr, &copy), nullptr);
  return copy;
}

// registerFusedOp(): whether TensorFlow knows the op of `fused` from now on.
napi_value RegisterFusedOp(napi_env env, napi_callback_info info) {
  napi_value registered;
  ENSURE_NAPI_OK_RETVAL(
      env, napi_get_boolean(env, halfnote::RegisterFusedOp(), &registered), nullptr);
  return registered;
}

// registerInferenceOps(): makes the ops of `inference` known; 0 where there are none, else their lanes.
napi_value RegisterInferenceOps(napi_env env, napi_callback_info info) {
  napi_value lanes;
  ENSURE_NAPI_OK_RETVAL(
      env, napi_create_int64(env, halfnote::inference::RegisterInferenceOps(), &lanes), nullptr);
  return lanes;
}

napi_value InitWithFunctions(napi_env env, napi_value exports) {
  napi_value all = InitTFNodeJSBinding(env, exports);
  if (all == nullptr) return nullptr;
  napi_property_descriptor added[] = {
      {"addFunction", nullptr, AddFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"removeFunction", nullptr, RemoveFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"runFunction", nullptr, RunFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"registerInferenceOps", nullptr, RegisterInferenceOps, nullptr, nullptr, nullptr, napi_default,
       nullptr},
      {"opList", nullptr, OpList, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"registerFusedOp", nullptr, RegisterFusedOp, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  ENSURE_NAPI_OK_RETVAL(env, napi_define_properties(env, all, ARRAY_SIZE(added), added), all);
  return all;
}

}  // namespace
}  // namespace tfnodejs

NAPI_MODULE_INIT() { return tfnodejs::InitWithFunctions(env, exports); }
