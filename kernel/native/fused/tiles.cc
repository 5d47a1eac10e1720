// Compiled for the instructions that TensorFlow's own kernels are compiled for, and with its own Eigen, so
// that each op gives the bits that TensorFlow's gives.

#include "tiles.h"

#include <algorithm>
#include <cstring>

#include "Eigen/Core"
#include "unsupported/Eigen/SpecialFunctions"

namespace halfnote {
namespace {

using Eigen::bfloat16;
using Eigen::half;
namespace packets = Eigen::internal;
using Packet = packets::packet_traits<float>::type;
constexpr int kPacket = packets::unpacket_traits<Packet>::size;

// Elements of a tile: all tiles of a program at once stay in the first cache.
constexpr int64_t kTile = 512;
constexpr int64_t kTileBytes = kTile * sizeof(float);

struct Signature {
  int operands;
  // Bytes of an element.
  int read;
  int written;
};

Signature SignatureOf(Opcode op) {
  switch (op) {
    case Opcode::kAdd:
    case Opcode::kSub:
    case Opcode::kMul:
    case Opcode::kDiv:
    case Opcode::kSquaredDifference:
      return {2, 4, 4};
    case Opcode::kToBfloat16:
    case Opcode::kToHalf:
      return {1, 4, 2};
    case Opcode::kBfloat16ToFloat:
    case Opcode::kHalfToFloat:
      return {1, 2, 4};
    case Opcode::kAddBfloat16:
    case Opcode::kSubBfloat16:
    case Opcode::kMulBfloat16:
    case Opcode::kAddHalf:
    case Opcode::kSubHalf:
    case Opcode::kMulHalf:
      return {2, 2, 2};
    default:
      return {1, 4, 4};
  }
}

// By functors of Eigen, as TensorFlow has it: packets first, then one by one.
template <typename Scalar, typename Functor>
void Binary(const char* left, const char* right, char* result, int64_t count) {
  using P = typename packets::packet_traits<Scalar>::type;
  constexpr int size = packets::unpacket_traits<P>::size;
  const Functor f{};
  const Scalar* a = reinterpret_cast<const Scalar*>(left);
  const Scalar* b = reinterpret_cast<const Scalar*>(right);
  Scalar* out = reinterpret_cast<Scalar*>(result);
  int64_t i = 0;
  for (; i + size <= count; i += size)
    packets::pstoreu(out + i, f.packetOp(packets::ploadu<P>(a + i), packets::ploadu<P>(b + i)));
  for (; i < count; i++) out[i] = f(a[i], b[i]);
}

template <typename Functor>
void Unary(const char* from, char* to, int64_t count) {
  const Functor f{};
  const float* a = reinterpret_cast<const float*>(from);
  float* out = reinterpret_cast<float*>(to);
  int64_t i = 0;
  for (; i + kPacket <= count; i += kPacket)
    packets::pstoreu(out + i, f.packetOp(packets::ploadu<Packet>(a + i)));
  for (; i < count; i++) out[i] = f(a[i]);
}

// Of two NaNs the first one is the result, which compilers that may swap operands don't promise.
#ifdef __AVX__
struct Sum {
  float operator()(float a, float b) const {
    asm("vaddss %1, %0, %0" : "+x"(a) : "x"(b));
    return a;
  }
  Packet packetOp(Packet a, const Packet& b) const {
    asm("vaddps %1, %0, %0" : "+x"(a) : "x"(b));
    return a;
  }
};
struct Product {
  float operator()(float a, float b) const {
    asm("vmulss %1, %0, %0" : "+x"(a) : "x"(b));
    return a;
  }
  Packet packetOp(Packet a, const Packet& b) const {
    asm("vmulps %1, %0, %0" : "+x"(a) : "x"(b));
    return a;
  }
};
#else
using Sum = packets::scalar_sum_op<float>;
using Product = packets::scalar_product_op<float>;
#endif

struct SquaredDifference {
  float operator()(float a, float b) const {
    const float d = a - b;
    return d * d;
  }
  Packet packetOp(const Packet& a, const Packet& b) const {
    const Packet d = packets::psub(a, b);
    return packets::pmul(d, d);
  }
};

void ToBfloat16(const char* from, char* to, int64_t count) {
  const float* a = reinterpret_cast<const float*>(from);
  bfloat16* out = reinterpret_cast<bfloat16*>(to);
  int64_t i = 0;
#ifdef EIGEN_VECTORIZE_AVX
  for (; i + kPacket <= count; i += kPacket)
    packets::pstoreu(out + i, packets::F32ToBf16(packets::ploadu<Packet>(a + i)));
#endif
  for (; i < count; i++) out[i] = static_cast<bfloat16>(a[i]);
}

void Bfloat16ToFloat(const char* from, char* to, int64_t count) {
  const uint16_t* a = reinterpret_cast<const uint16_t*>(from);
  uint32_t* out = reinterpret_cast<uint32_t*>(to);
  for (int64_t i = 0; i < count; i++) out[i] = static_cast<uint32_t>(a[i]) << 16;
}

void ToHalf(const char* from, char* to, int64_t count) {
  const float* a = reinterpret_cast<const float*>(from);
  half* out = reinterpret_cast<half*>(to);
  int64_t i = 0;
#ifdef EIGEN_VECTORIZE_AVX
  for (; i + kPacket <= count; i += kPacket)
    packets::pstoreu(out + i, packets::float2half(packets::ploadu<Packet>(a + i)));
#endif
  for (; i < count; i++) out[i] = static_cast<half>(a[i]);
}

void HalfToFloat(const char* from, char* to, int64_t count) {
  const half* a = reinterpret_cast<const half*>(from);
  float* out = reinterpret_cast<float*>(to);
  int64_t i = 0;
#ifdef EIGEN_VECTORIZE_AVX
  for (; i + kPacket <= count; i += kPacket)
    packets::pstoreu(out + i, packets::half2float(packets::ploadu<packets::Packet8h>(a + i)));
#endif
  for (; i < count; i++) out[i] = static_cast<float>(a[i]);
}

void Execute(Opcode op, const char* a, const char* b, char* out, int64_t count) {
  switch (op) {
    case Opcode::kAdd:
      return Binary<float, Sum>(a, b, out, count);
    case Opcode::kSub:
      return Binary<float, packets::scalar_difference_op<float>>(a, b, out, count);
    case Opcode::kMul:
      return Binary<float, Product>(a, b, out, count);
    case Opcode::kDiv:
      return Binary<float, packets::scalar_quotient_op<float>>(a, b, out, count);
    case Opcode::kSquaredDifference:
      return Binary<float, SquaredDifference>(a, b, out, count);
    case Opcode::kNeg:
      return Unary<packets::scalar_opposite_op<float>>(a, out, count);
    case Opcode::kSquare:
      return Unary<packets::scalar_square_op<float>>(a, out, count);
    case Opcode::kExp:
      return Unary<packets::scalar_exp_op<float>>(a, out, count);
    case Opcode::kErf:
      return Unary<packets::scalar_erf_op<float>>(a, out, count);
    case Opcode::kToBfloat16:
      return ToBfloat16(a, out, count);
    case Opcode::kBfloat16ToFloat:
      return Bfloat16ToFloat(a, out, count);
    case Opcode::kAddBfloat16:
      return Binary<bfloat16, packets::scalar_sum_op<bfloat16>>(a, b, out, count);
    case Opcode::kSubBfloat16:
      return Binary<bfloat16, packets::scalar_difference_op<bfloat16>>(a, b, out, count);
    case Opcode::kMulBfloat16:
      return Binary<bfloat16, packets::scalar_product_op<bfloat16>>(a, b, out, count);
    case Opcode::kToHalf:
      return ToHalf(a, out, count);
    case Opcode::kHalfToFloat:
      return HalfToFloat(a, out, count);
    case Opcode::kAddHalf:
      return Binary<half, packets::scalar_sum_op<half>>(a, b, out, count);
    case Opcode::kSubHalf:
      return Binary<half, packets::scalar_difference_op<half>>(a, b, out, count);
    case Opcode::kMulHalf:
      return Binary<half, packets::scalar_product_op<half>>(a, b, out, count);
  }
}

void Fill(float* to, int64_t count, float value) {
  const Packet all = packets::pset1<Packet>(value);
  int64_t i = 0;
  for (; i + kPacket <= count; i += kPacket) packets::pstoreu(to + i, all);
  for (; i < count; i++) to[i] = value;
}

void Fill(uint16_t* to, int64_t count, uint16_t value) { std::fill_n(to, count, value); }

// Elements `begin` to `begin + count` of an input that is broadcast, one after another.
template <typename Scalar>
void Expand(const Input& input, const char* data, int64_t begin, int64_t count, char* tile) {
  const Scalar* from = reinterpret_cast<const Scalar*>(data);
  Scalar* to = reinterpret_cast<Scalar*>(tile);
  int64_t done = 0;
  if (input.repeat == 1) {
    while (done < count) {
      const int64_t at = (begin + done) % input.period;
      const int64_t run = std::min(count - done, input.period - at);
      std::memcpy(to + done, from + at, run * sizeof(Scalar));
      done += run;
    }
    return;
  }
  while (done < count) {
    const int64_t i = begin + done;
    const int64_t run = std::min(count - done, input.repeat - i % input.repeat);
    Fill(to + done, run, from[(i / input.repeat) % input.period]);
    done += run;
  }
}

}  // namespace

// size, inputs, (repeat, period, bytes) of each, instructions, (op, a, b) of each, outputs, register of each.
std::string TileProgram::Parse(const std::vector<int64_t>& words) {
  size_t at = 0;
  bool is_short = false;
  const auto next = [&]() -> int64_t {
    if (at < words.size()) return words[at++];
    is_short = true;
    return 0;
  };
  size_ = next();
  if (size_ < 0) return "a negative size";
  for (int64_t left = next(); left > 0 && !is_short; left--) {
    Input input;
    input.repeat = next();
    input.period = next();
    input.bytes = static_cast<int>(next());
    if (input.repeat < 1 || input.period < 1 || (input.bytes != 2 && input.bytes != 4))
      return "an input that can't be";
    inputs_.push_back(input);
    bytes_.push_back(input.bytes);
  }
  for (int64_t left = next(); left > 0 && !is_short; left--) {
    const int64_t op = next();
    const int64_t a = next();
    const int64_t b = next();
    const int64_t known = static_cast<int64_t>(bytes_.size());
    if (op < 0 || op > static_cast<int64_t>(Opcode::kMulHalf)) return "an op that isn't known";
    Instruction one{static_cast<Opcode>(op), static_cast<int>(a), static_cast<int>(b)};
    const Signature signature = SignatureOf(one.op);
    if (signature.operands == 1) one.b = one.a;
    if (one.a < 0 || one.a >= known || one.b < 0 || one.b >= known)
      return "an operand that isn't there yet";
    if (bytes_[one.a] != signature.read || bytes_[one.b] != signature.read)
      return "an operand of another type";
    code_.push_back(one);
    bytes_.push_back(signature.written);
  }
  std::vector<int64_t> registers;
  for (int64_t left = next(); left > 0 && !is_short; left--) registers.push_back(next());
  if (is_short || at != words.size()) return "another length than it says";
  for (const int64_t one : registers) {
    if (one < static_cast<int64_t>(inputs_.size()) || one >= static_cast<int64_t>(bytes_.size()))
      return "an output that nothing makes";
  }
  PlaceResults(registers);
  return "";
}

void TileProgram::PlaceResults(const std::vector<int64_t>& output_registers) {
  const int inputs = static_cast<int>(inputs_.size());
  const int steps = static_cast<int>(code_.size());
  last_read_.assign(bytes_.size(), -1);
  for (int i = 0; i < steps; i++) last_read_[code_[i].a] = last_read_[code_[i].b] = i;
  places_.assign(steps, Place{false, -1});
  for (const int64_t one : output_registers) {
    places_[one - inputs] = {true, static_cast<int>(output_registers_.size())};
    output_registers_.push_back(static_cast<int>(one));
    output_bytes_.push_back(bytes_[one]);
  }
  for (const Input& input : inputs_)
    expanded_.push_back(input.repeat == 1 && input.period == size_ ? -1 : scratch_tiles_++);
  // Each result keeps its tile until its last reader has run, which may write in its place where elements
  // are of one size.
  std::vector<int> free;
  for (int i = 0; i < steps; i++) {
    const Instruction& one = code_[i];
    const auto release = [&](int operand) {
      if (operand >= inputs && last_read_[operand] == i && !places_[operand - inputs].is_output)
        free.push_back(places_[operand - inputs].index);
    };
    const auto release_operands = [&] {
      release(one.a);
      if (one.b != one.a) release(one.b);
    };
    const Signature signature = SignatureOf(one.op);
    const bool in_place = signature.read == signature.written;
    if (in_place) release_operands();
    if (!places_[i].is_output) {
      if (free.empty()) free.push_back(scratch_tiles_++);
      places_[i].index = free.back();
      free.pop_back();
      if (last_read_[inputs + i] < 0) free.push_back(places_[i].index);
    }
    if (!in_place) release_operands();
  }
}

bool TileProgram::MayOverwrite(int input, int output) const {
  const int made = output_registers_[output] - static_cast<int>(inputs_.size());
  return expanded_[input] < 0 && inputs_[input].bytes == output_bytes_[output] &&
         last_read_[input] <= made;
}

void TileProgram::Run(const std::vector<const char*>& inputs, const std::vector<char*>& outputs,
                      int64_t begin, int64_t end) const {
  static thread_local std::vector<char> scratch;
  constexpr int64_t kAlign = 64;
  const size_t needed = scratch_tiles_ * kTileBytes + kAlign;
  if (scratch.size() < needed) scratch.resize(needed);
  char* const tiles =
      scratch.data() + (kAlign - reinterpret_cast<uintptr_t>(scratch.data()) % kAlign) % kAlign;
  std::vector<const char*> registers(bytes_.size());
  const size_t first = inputs_.size();
  bool is_first = true;
  for (int64_t start = begin; start < end; start += kTile, is_first = false) {
    const int64_t count = std::min(kTile, end - start);
    for (size_t i = 0; i < first; i++) {
      const Input& input = inputs_[i];
      if (expanded_[i] < 0) {
        registers[i] = inputs[i] + start * input.bytes;
        continue;
      }
      char* const tile = tiles + expanded_[i] * kTileBytes;
      registers[i] = tile;
      const bool stays = input.period == 1 || (input.repeat == 1 && kTile % input.period == 0);
      if (!is_first && stays) continue;
      if (input.bytes == sizeof(float)) {
        Expand<float>(input, inputs[i], start, count, tile);
      } else {
        Expand<uint16_t>(input, inputs[i], start, count, tile);
      }
    }
    for (size_t i = 0; i < code_.size(); i++) {
      const Place& place = places_[i];
      char* const to = place.is_output ? outputs[place.index] + start * bytes_[first + i]
                                       : tiles + place.index * kTileBytes;
      registers[first + i] = to;
      Execute(code_[i].op, registers[code_[i].a], registers[code_[i].b], to, count);
    }
  }
}

}  // namespace halfnote
