// Included once for each set of instructions, with TARGET, LANES and a namespace of its own around it.
// Loops over a tile are unrolled, so that its sums stay in registers.
// Each result is one chain of fused multiply-adds in a given order: the sum's order decides on its bits.

typedef float Vector __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

// Adds `depth` products to each of P columns times R rows of outputs, of one vector of channels each.
template <int P, int R>
TARGET static void Tile(const float *const *rows, int64_t step, const int32_t *offsets, const float *weights,
                        int64_t weight_step, int64_t depth, const float *bias, bool relu, float *const *outputs,
                        int64_t output_step, int64_t channels) {
  Vector sums[R][P] = {};
  for (int64_t k = 0; k < depth; k++) {
    const Vector weight = *reinterpret_cast<const Vector *>(weights + k * weight_step);
    const int64_t offset = offsets[k];
#pragma GCC unroll 16
    for (int r = 0; r < R; r++)
#pragma GCC unroll 16
      for (int p = 0; p < P; p++) sums[r][p] += rows[r][offset + p * step] * weight;
  }
  const Vector added = *reinterpret_cast<const Vector *>(bias);
#pragma GCC unroll 16
  for (int r = 0; r < R; r++)
#pragma GCC unroll 16
    for (int p = 0; p < P; p++) {
      Vector sum = sums[r][p] + added;
      // NaN stays NaN.
      if (relu) sum = sum < 0 ? Vector{} : sum;
      float *const out = outputs[r] + p * output_step;
      if (channels == LANES) {
        *reinterpret_cast<Vector *>(out) = sum;
      } else if (channels == LANES / 2) {
        std::memcpy(out, &sum, sizeof(sum) / 2);
      } else {
        std::memcpy(out, &sum, channels * sizeof(float));
      }
    }
}

template <int R>
TARGET static void Columns(int64_t columns, const float *const *rows, int64_t step, const int32_t *offsets,
                           const float *weights, int64_t weight_step, int64_t depth, const float *bias, bool relu,
                           float *const *outputs, int64_t output_step, int64_t channels) {
  const float *from[R];
  float *to[R];
  for (int64_t at = 0; at < columns;) {
#pragma GCC unroll 16
    for (int r = 0; r < R; r++) {
      from[r] = rows[r] + at * step;
      to[r] = outputs[r] + at * output_step;
    }
    const int64_t left = columns - at;
    // Three and three rather than four and two.
    const int64_t width = left >= 4 && left != 6 ? 4 : left >= 3 ? 3 : left;
#define HALFNOTE_TILE(P)                                                                                  \
  Tile<P, R>(from, step, offsets, weights, weight_step, depth, bias, relu, to, output_step, channels)
    if (width == 4) HALFNOTE_TILE(4);
    else if (width == 3) HALFNOTE_TILE(3);
    else if (width == 2) HALFNOTE_TILE(2);
    else HALFNOTE_TILE(1);
#undef HALFNOTE_TILE
    at += width;
  }
}

// One image with its border of zeros; weights are [depth, padded channels].
TARGET static void Image(const Convolution &it, const float *padded, const int32_t *offsets, const float *weights,
                         int64_t weight_step, const float *bias, float *output) {
  const int64_t row_step = it.padded_width * it.channels;
  for (int64_t c = 0; c < it.filters; c += LANES) {
    const int64_t channels = it.filters - c < LANES ? it.filters - c : LANES;
    for (int64_t y = 0; y < it.output_height;) {
      const int64_t left = it.output_height - y;
      const int64_t height = left >= kRows ? kRows : left >= 2 ? 2 : 1;
      const float *rows[kRows];
      float *outputs[kRows];
      for (int64_t r = 0; r < height; r++) {
        rows[r] = padded + (y + r) * it.stride_height * row_step;
        outputs[r] = output + (y + r) * it.output_width * it.filters + c;
      }
#define HALFNOTE_ROWS(R)                                                                                   \
  Columns<R>(it.output_width, rows, it.stride_width *it.channels, offsets, weights + c, weight_step, it.depth, \
             bias + c, it.relu, outputs, it.filters, channels)
      if (height == kRows) HALFNOTE_ROWS(kRows);
      else if (height == 2) HALFNOTE_ROWS(2);
      else HALFNOTE_ROWS(1);
#undef HALFNOTE_ROWS
      y += height;
    }
  }
}

// Adds K rows of a matrix, each times its factor, to the sums of some columns.
template <int K>
TARGET static void AddRows(const float *factors, const float *matrix, int64_t step, int64_t columns, float *sums) {
  for (int64_t at = 0; at < columns; at += LANES) {
    Vector sum = *reinterpret_cast<const Vector *>(sums + at);
#pragma GCC unroll 16
    for (int k = 0; k < K; k++) sum += factors[k] * *reinterpret_cast<const Vector *>(matrix + k * step + at);
    *reinterpret_cast<Vector *>(sums + at) = sum;
  }
}

// One row times a matrix: sums of `block` products each, added one after the other. The matrix is read along its
// rows, as it lies in memory; `columns` is a multiple of LANES.
TARGET static void Row(const float *row, const float *matrix, int64_t depth, int64_t columns, int64_t block,
                       const float *bias, bool relu, float *output) {
  constexpr int kTogether = 4;
  float sums[kStrip];
  for (int64_t from = 0; from < columns; from += kStrip) {
    const int64_t width = columns - from < kStrip ? columns - from : kStrip;
    for (int64_t begin = 0; begin < depth; begin += block) {
      const int64_t end = begin + block < depth ? begin + block : depth;
      std::memset(sums, 0, width * sizeof(float));
      int64_t k = begin;
      for (; k + kTogether <= end; k += kTogether)
        AddRows<kTogether>(row + k, matrix + k * columns + from, columns, width, sums);
      for (; k < end; k++) AddRows<1>(row + k, matrix + k * columns + from, columns, width, sums);
      for (int64_t at = 0; at < width; at += LANES) {
        Vector total = *reinterpret_cast<const Vector *>(sums + at);
        Vector *const out = reinterpret_cast<Vector *>(output + from + at);
        if (begin > 0) total += *out;
        if (end == depth) {
          total += *reinterpret_cast<const Vector *>(bias + from + at);
          if (relu) total = total < 0 ? Vector{} : total;
        }
        *out = total;
      }
    }
  }
}
