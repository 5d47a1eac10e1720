// HalfnoteElementwise: a chain of elementwise ops in one pass over memory, on TensorFlow's own threads.

#include "op.h"

#include <algorithm>
#include <string>
#include <vector>

#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"
#include "tiles.h"

namespace halfnote {
namespace {

using tensorflow::Tensor;
using tensorflow::TensorShape;
namespace errors = tensorflow::errors;

constexpr char kName[] = "HalfnoteElementwise";

// rank, sizes, rank, sizes, ...
bool ReadShapes(const std::vector<int64_t>& words, std::vector<std::vector<int64_t>>* shapes) {
  size_t at = 0;
  while (at < words.size()) {
    const int64_t rank = words[at++];
    if (rank < 0 || at + rank > words.size()) return false;
    shapes->emplace_back(words.begin() + at, words.begin() + at + rank);
    at += rank;
  }
  return true;
}

class ElementwiseOp : public tensorflow::OpKernel {
 public:
  explicit ElementwiseOp(tensorflow::OpKernelConstruction* context) : OpKernel(context) {
    std::vector<int64_t> words, sizes;
    std::vector<std::vector<int64_t>> shapes;
    OP_REQUIRES_OK(context, context->GetAttr("program", &words));
    OP_REQUIRES_OK(context, context->GetAttr("shapes", &sizes));
    const std::string error = program_.Parse(words);
    OP_REQUIRES(context, error.empty(), errors::InvalidArgument(kName, ": the program has ", error));
    OP_REQUIRES(context, ReadShapes(sizes, &shapes) && shapes.size() == program_.outputs().size() &&
                             context->num_inputs() == static_cast<int>(program_.inputs().size()) &&
                             context->num_outputs() == static_cast<int>(shapes.size()),
                errors::InvalidArgument(kName, ": shapes, inputs and outputs don't go together"));
    for (const auto& shape : shapes) {
      shapes_.emplace_back(shape);
      OP_REQUIRES(context, shapes_.back().num_elements() == program_.size(),
                  errors::InvalidArgument(kName, ": an output of another size"));
    }
    for (size_t i = 0; i < program_.inputs().size(); i++) {
      OP_REQUIRES(context, DataTypeSize(context->input_type(i)) == program_.inputs()[i].bytes,
                  errors::InvalidArgument(kName, ": input ", i, " is of another type"));
    }
    for (size_t o = 0; o < shapes_.size(); o++) {
      OP_REQUIRES(context, DataTypeSize(context->output_type(o)) == program_.outputs()[o],
                  errors::InvalidArgument(kName, ": output ", o, " is of another type"));
      std::vector<int> candidates;
      for (size_t i = 0; i < program_.inputs().size(); i++)
        if (program_.MayOverwrite(i, o)) candidates.push_back(i);
      candidates_.push_back(candidates);
    }
  }

  void Compute(tensorflow::OpKernelContext* context) override {
    std::vector<const char*> inputs;
    for (int i = 0; i < context->num_inputs(); i++) {
      const Tensor& input = context->input(i);
      OP_REQUIRES(context,
                  program_.size() == 0 || input.NumElements() == program_.inputs()[i].period,
                  errors::InvalidArgument(kName, ": input ", i, " has ", input.NumElements(),
                                          " elements instead of ", program_.inputs()[i].period));
      inputs.push_back(static_cast<const char*>(input.data()));
    }
    std::vector<char*> outputs;
    for (size_t o = 0; o < shapes_.size(); o++) {
      Tensor* output = nullptr;
      OP_REQUIRES_OK(context, context->forward_input_or_allocate_output(candidates_[o], o,
                                                                        shapes_[o], &output));
      outputs.push_back(static_cast<char*>(output->data()));
    }
    const int64_t size = program_.size();
    if (size == 0) return;
    // What takes less time than waking another thread, TensorFlow runs on this one.
    constexpr int64_t kBlock = 4096;
    const int64_t blocks = (size + kBlock - 1) / kBlock;
    auto* const workers = context->device()->tensorflow_cpu_worker_threads()->workers;
    const int64_t cost = kBlock * static_cast<int64_t>(program_.length());
    workers->ParallelFor(blocks, cost, [&](int64_t begin, int64_t end) {
      program_.Run(inputs, outputs, begin * kBlock, std::min(size, end * kBlock));
    });
  }

 private:
  TileProgram program_;
  std::vector<TensorShape> shapes_;
  // By output: the inputs whose memory it may take.
  std::vector<std::vector<int>> candidates_;
};

tensorflow::Status InferShapes(tensorflow::shape_inference::InferenceContext* context) {
  std::vector<int64_t> words;
  std::vector<std::vector<int64_t>> shapes;
  TF_RETURN_IF_ERROR(context->GetAttr("shapes", &words));
  if (!ReadShapes(words, &shapes) || static_cast<int>(shapes.size()) != context->num_outputs())
    return errors::InvalidArgument(kName, ": not one shape for each output");
  for (size_t i = 0; i < shapes.size(); i++) {
    std::vector<tensorflow::shape_inference::DimensionHandle> sizes;
    for (const int64_t size : shapes[i]) sizes.push_back(context->MakeDim(size));
    context->set_output(i, context->MakeShape(sizes));
  }
  return tensorflow::OkStatus();
}

bool Register() {
  const tensorflow::OpDef* known = nullptr;
  // Another addon of this process may have done it, with kernels that do the same.
  if (tensorflow::OpRegistry::Global()->LookUpOpDef(kName, &known).ok()) return true;
  tensorflow::OpRegistry::Global()->Register(
      [](tensorflow::OpRegistrationData* data) -> tensorflow::Status {
        return tensorflow::OpDefBuilder(kName)
            .Input("inputs: Tin")
            .Output("outputs: Tout")
            .Attr("Tin: list({float, bfloat16, half}) >= 1")
            .Attr("Tout: list({float, bfloat16, half}) >= 1")
            .Attr("program: list(int)")
            .Attr("shapes: list(int)")
            .SetShapeFn(InferShapes)
            .Finalize(data);
      });
  tensorflow::kernel_factory::OpKernelRegistrar(
      tensorflow::KernelDefBuilder(kName).Device(tensorflow::DEVICE_CPU).Build(), "ElementwiseOp",
      [](tensorflow::OpKernelConstruction* context) -> tensorflow::OpKernel* {
        return new ElementwiseOp(context);
      });
  return tensorflow::OpRegistry::Global()->LookUpOpDef(kName, &known).ok();
}

}  // namespace

bool RegisterFusedOp() {
#ifdef __x86_64__
  // What tiles.cc is compiled for.
  if (!__builtin_cpu_supports("avx") || !__builtin_cpu_supports("f16c")) return false;
#endif
  static const bool registered = Register();
  return registered;
}

}  // namespace halfnote
