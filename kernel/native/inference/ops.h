// HalfnoteConvolution and HalfnoteRow: a small convolution, and one row times a matrix, each with what is added
// to it and a relu in one pass. They give the bits that TensorFlow's kernels give one after the other, as each
// result is the same chain of fused multiply-adds; who uses them tries that first.

#ifndef HALFNOTE_INFERENCE_OPS_H_
#define HALFNOTE_INFERENCE_OPS_H_

#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace halfnote {
namespace inference {

// NHWC, with a filter [kernel_height, kernel_width, channels, filters].
struct Convolution {
  int64_t height, width, channels, filters, kernel_height, kernel_width;
  int64_t stride_height, stride_width, pad_top, pad_left;
  int64_t output_height, output_width, padded_height, padded_width, depth;
  // Products are added column by column of the kernel, not row by row.
  bool by_columns;
  bool relu;
};

#ifdef __x86_64__
// kStrip: sums of a row that stay in the first cache.
namespace avx512 {
constexpr int LANES = 16, kRows = 4, kStrip = 2048;
#define TARGET __attribute__((target("avx512f,avx512vl,avx512dq,fma")))
#include "vectors.h"
#undef TARGET
}  // namespace avx512
namespace avx2 {
constexpr int LANES = 8, kRows = 3, kStrip = 2048;
#define TARGET __attribute__((target("avx2,fma")))
#include "vectors.h"
#undef TARGET
}  // namespace avx2

inline bool HasAvx512() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                          __builtin_cpu_supports("avx512dq");
  return has;
}
inline bool IsSupported() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
inline int64_t Lanes() { return HasAvx512() ? avx512::LANES : avx2::LANES; }
inline void RunImage(const Convolution &it, const float *padded, const int32_t *offsets, const float *weights,
                     int64_t step, const float *bias, float *output) {
  if (HasAvx512()) avx512::Image(it, padded, offsets, weights, step, bias, output);
  else avx2::Image(it, padded, offsets, weights, step, bias, output);
}
inline void RunRow(const float *row, const float *matrix, int64_t depth, int64_t columns, int64_t block,
                   const float *bias, bool relu, float *output) {
  if (HasAvx512()) avx512::Row(row, matrix, depth, columns, block, bias, relu, output);
  else avx2::Row(row, matrix, depth, columns, block, bias, relu, output);
}
#else
inline bool IsSupported() { return false; }
inline int64_t Lanes() { return 1; }
inline void RunImage(const Convolution &, const float *, const int32_t *, const float *, int64_t, const float *,
                     float *) {}
inline void RunRow(const float *, const float *, int64_t, int64_t, int64_t, const float *, bool, float *) {}
#endif

// The attributes of either op.
struct Settings {
  int64_t stride_height = 1, stride_width = 1, pad_top = 0, pad_left = 0, output_height = 0, output_width = 0;
  int64_t block = 0;
  unsigned char by_columns = 0, relu = 0;
};

struct StatusFree {
  TF_Status *status = TF_NewStatus();
  ~StatusFree() { TF_DeleteStatus(status); }
};

// An input of the op that runs.
class Input {
 public:
  Input(TF_OpKernelContext *context, int index, TF_Status *status) {
    TF_GetInput(context, index, &tensor_, status);
  }
  ~Input() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  Input(const Input &) = delete;
  Input &operator=(const Input &) = delete;
  const float *data() const { return static_cast<const float *>(TF_TensorData(tensor_)); }
  int64_t dim(int i) const { return TF_Dim(tensor_, i); }
  int rank() const { return TF_NumDims(tensor_); }
  int64_t size() const { return TF_TensorElementCount(tensor_); }

 private:
  TF_Tensor *tensor_ = nullptr;
};

inline void Fail(TF_OpKernelContext *context, TF_Status *status, const char *why) {
  TF_SetStatus(status, TF_INVALID_ARGUMENT, why);
  TF_OpKernelContext_Failure(context, status);
}

inline void *MakeConvolution(TF_OpKernelConstruction *construction) {
  StatusFree held;
  auto *settings = new Settings;
  const auto integer = [&](const char *name, int64_t *value) {
    if (TF_GetCode(held.status) == TF_OK)
      TF_OpKernelConstruction_GetAttrInt64(construction, name, value, held.status);
  };
  integer("stride_height", &settings->stride_height);
  integer("stride_width", &settings->stride_width);
  integer("pad_top", &settings->pad_top);
  integer("pad_left", &settings->pad_left);
  integer("output_height", &settings->output_height);
  integer("output_width", &settings->output_width);
  if (TF_GetCode(held.status) == TF_OK)
    TF_OpKernelConstruction_GetAttrBool(construction, "by_columns", &settings->by_columns, held.status);
  if (TF_GetCode(held.status) == TF_OK)
    TF_OpKernelConstruction_GetAttrBool(construction, "relu", &settings->relu, held.status);
  if (TF_GetCode(held.status) != TF_OK) TF_OpKernelConstruction_Failure(construction, held.status);
  return settings;
}

inline void *MakeRow(TF_OpKernelConstruction *construction) {
  StatusFree held;
  auto *settings = new Settings;
  TF_OpKernelConstruction_GetAttrInt64(construction, "block", &settings->block, held.status);
  if (TF_GetCode(held.status) == TF_OK)
    TF_OpKernelConstruction_GetAttrBool(construction, "relu", &settings->relu, held.status);
  if (TF_GetCode(held.status) != TF_OK) TF_OpKernelConstruction_Failure(construction, held.status);
  return settings;
}

inline void DeleteSettings(void *settings) { delete static_cast<Settings *>(settings); }

// Where a weight isn't finite, a product with a zero of the border would be NaN, and there is none.
inline void WithoutBorder(const Convolution &it, const float *image, const float *filter, const float *bias,
                          float *output) {
  const int64_t outer = it.by_columns ? it.kernel_width : it.kernel_height;
  const int64_t inner = it.by_columns ? it.kernel_height : it.kernel_width;
  for (int64_t y = 0; y < it.output_height; y++)
    for (int64_t x = 0; x < it.output_width; x++)
      for (int64_t f = 0; f < it.filters; f++) {
        float sum = 0;
        for (int64_t i = 0; i < outer; i++)
          for (int64_t j = 0; j < inner; j++) {
            const int64_t kh = it.by_columns ? j : i, kw = it.by_columns ? i : j;
            const int64_t h = y * it.stride_height + kh - it.pad_top, w = x * it.stride_width + kw - it.pad_left;
            if (h < 0 || h >= it.height || w < 0 || w >= it.width) continue;
            for (int64_t c = 0; c < it.channels; c++)
              sum = std::fma(image[(h * it.width + w) * it.channels + c],
                             filter[((kh * it.kernel_width + kw) * it.channels + c) * it.filters + f], sum);
          }
        sum += bias[f];
        output[(y * it.output_width + x) * it.filters + f] = it.relu && sum < 0 ? 0 : sum;
      }
}

inline void ComputeConvolution(void *kernel, TF_OpKernelContext *context) {
  const Settings &settings = *static_cast<Settings *>(kernel);
  StatusFree held;
  const Input x(context, 0, held.status), filter(context, 1, held.status), bias(context, 2, held.status);
  if (x.rank() != 4 || filter.rank() != 4 || filter.dim(2) != x.dim(3) || bias.size() != filter.dim(3))
    return Fail(context, held.status, "HalfnoteConvolution: shapes of input, filter and bias don't go together");
  Convolution it;
  it.height = x.dim(1);
  it.width = x.dim(2);
  it.channels = x.dim(3);
  it.kernel_height = filter.dim(0);
  it.kernel_width = filter.dim(1);
  it.filters = filter.dim(3);
  it.stride_height = settings.stride_height;
  it.stride_width = settings.stride_width;
  it.pad_top = settings.pad_top;
  it.pad_left = settings.pad_left;
  it.output_height = settings.output_height;
  it.output_width = settings.output_width;
  it.by_columns = settings.by_columns != 0;
  it.relu = settings.relu != 0;
  it.depth = it.kernel_height * it.kernel_width * it.channels;
  const auto covers = [](int64_t outputs, int64_t stride, int64_t kernel, int64_t least) {
    const int64_t needed = (outputs - 1) * stride + kernel;
    return needed > least ? needed : least;
  };
  it.padded_height = covers(it.output_height, it.stride_height, it.kernel_height, it.pad_top + it.height);
  it.padded_width = covers(it.output_width, it.stride_width, it.kernel_width, it.pad_left + it.width);

  const int64_t images = x.dim(0);
  const int64_t dims[] = {images, it.output_height, it.output_width, it.filters};
  const int64_t output_size = it.output_height * it.output_width * it.filters;
  TF_Tensor *const made =
      TF_AllocateOutput(context, 0, TF_FLOAT, dims, 4, images * output_size * sizeof(float), held.status);
  if (TF_GetCode(held.status) != TF_OK) return TF_OpKernelContext_Failure(context, held.status);
  float *const output = static_cast<float *>(TF_TensorData(made));
  const int64_t image_size = it.height * it.width * it.channels;

  bool finite = true;
  for (int64_t i = 0; i < filter.size(); i++) finite = finite && std::isfinite(filter.data()[i]);
  if (!finite) {
    for (int64_t n = 0; n < images; n++)
      WithoutBorder(it, x.data() + n * image_size, filter.data(), bias.data(), output + n * output_size);
    return TF_DeleteTensor(made);
  }

  const int64_t lanes = Lanes(), step = (it.filters + lanes - 1) / lanes * lanes;
  std::vector<int32_t> offsets(it.depth);
  std::vector<float> weights(it.depth * step), added(step);
  std::memcpy(added.data(), bias.data(), it.filters * sizeof(float));
  int64_t k = 0;
  const int64_t outer = it.by_columns ? it.kernel_width : it.kernel_height;
  const int64_t inner = it.by_columns ? it.kernel_height : it.kernel_width;
  for (int64_t i = 0; i < outer; i++)
    for (int64_t j = 0; j < inner; j++)
      for (int64_t c = 0; c < it.channels; c++, k++) {
        const int64_t kh = it.by_columns ? j : i, kw = it.by_columns ? i : j;
        offsets[k] = (kh * it.padded_width + kw) * it.channels + c;
        std::memcpy(weights.data() + k * step,
                    filter.data() + ((kh * it.kernel_width + kw) * it.channels + c) * it.filters,
                    it.filters * sizeof(float));
      }
  const bool bordered = it.padded_height != it.height || it.padded_width != it.width;
  std::vector<float> padded(bordered ? it.padded_height * it.padded_width * it.channels : 0);
  for (int64_t n = 0; n < images; n++) {
    const float *image = x.data() + n * image_size;
    if (bordered) {
      for (int64_t h = 0; h < it.height; h++)
        std::memcpy(padded.data() + ((h + it.pad_top) * it.padded_width + it.pad_left) * it.channels,
                    image + h * it.width * it.channels, it.width * it.channels * sizeof(float));
      image = padded.data();
    }
    RunImage(it, image, offsets.data(), weights.data(), step, added.data(), output + n * output_size);
  }
  TF_DeleteTensor(made);
}

inline void ComputeRow(void *kernel, TF_OpKernelContext *context) {
  const Settings &settings = *static_cast<Settings *>(kernel);
  StatusFree held;
  const Input row(context, 0, held.status), matrix(context, 1, held.status), bias(context, 2, held.status);
  const int rank = matrix.rank();
  const int64_t depth = rank < 2 ? 0 : matrix.dim(rank - 2), columns = rank < 2 ? 0 : matrix.dim(rank - 1);
  if (rank < 2 || row.size() != depth || matrix.size() != depth * columns || bias.size() != columns ||
      columns % Lanes() != 0)
    return Fail(context, held.status, "HalfnoteRow: shapes of row, matrix and bias don't go together");
  std::vector<int64_t> dims(row.rank(), 1);
  dims.back() = columns;
  TF_Tensor *const made = TF_AllocateOutput(context, 0, TF_FLOAT, dims.data(), dims.size(),
                                            columns * sizeof(float), held.status);
  if (TF_GetCode(held.status) != TF_OK) return TF_OpKernelContext_Failure(context, held.status);
  RunRow(row.data(), matrix.data(), depth, columns, settings.block, bias.data(), settings.relu != 0,
         static_cast<float *>(TF_TensorData(made)));
  TF_DeleteTensor(made);
}

inline void UnknownShape(TF_ShapeInferenceContext *context, TF_Status *status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

inline bool RegisterOp(const char *name, const std::vector<const char *> &inputs,
                       const std::vector<const char *> &attributes, void *(*make)(TF_OpKernelConstruction *),
                       void (*compute)(void *, TF_OpKernelContext *)) {
  StatusFree held;
  TF_OpDefinitionBuilder *const op = TF_NewOpDefinitionBuilder(name);
  for (const char *input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  TF_OpDefinitionBuilderAddOutput(op, "result: float");
  for (const char *attribute : attributes) TF_OpDefinitionBuilderAddAttr(op, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, UnknownShape);
  TF_RegisterOpDefinition(op, held.status);
  if (TF_GetCode(held.status) != TF_OK) return false;
  TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", make, compute, DeleteSettings), held.status);
  return TF_GetCode(held.status) == TF_OK;
}

// Makes the ops known to this process's TensorFlow, once; 0 where this processor has no kernels for them, else
// how many columns of a matrix have to come together.
inline int64_t RegisterInferenceOps() {
  static const bool registered =
      IsSupported() &&
      RegisterOp("HalfnoteConvolution", {"x: float", "filter: float", "bias: float"},
                 {"stride_height: int", "stride_width: int", "pad_top: int", "pad_left: int",
                  "output_height: int", "output_width: int", "by_columns: bool", "relu: bool"},
                 MakeConvolution, ComputeConvolution) &&
      RegisterOp("HalfnoteRow", {"row: float", "matrix: float", "bias: float"}, {"block: int", "relu: bool"},
                 MakeRow, ComputeRow);
  return registered ? Lanes() : 0;
}

}  // namespace inference
}  // namespace halfnote

#endif  // HALFNOTE_INFERENCE_OPS_H_
