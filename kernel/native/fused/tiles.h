// A chain of elementwise ops as a small program, and its run over a range of elements. Knows nothing of TensorFlow.

#ifndef HALFNOTE_FUSED_TILES_H_
#define HALFNOTE_FUSED_TILES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace halfnote {

// The numbers are those of `backend/deferred/fused/opcodes.ts`.
enum class Opcode : int64_t {
  kAdd = 0,
  kSub = 1,
  kMul = 2,
  kDiv = 3,
  kSquaredDifference = 4,
  kNeg = 5,
  kSquare = 6,
  kExp = 7,
  kErf = 8,
  kToBfloat16 = 9,
  kBfloat16ToFloat = 10,
  kAddBfloat16 = 11,
  kSubBfloat16 = 12,
  kMulBfloat16 = 13,
  kToHalf = 14,
  kHalfToFloat = 15,
  kAddHalf = 16,
  kSubHalf = 17,
  kMulHalf = 18,
};

struct Instruction {
  Opcode op;
  // Registers. The inputs come first, then one for each instruction.
  int a;
  int b;
};

// Element i of an input is (i / repeat) % period of its data.
struct Input {
  int64_t repeat;
  int64_t period;
  int bytes;
};

// What an instruction writes to: the place `index` among the outputs or among the scratch tiles.
struct Place {
  bool is_output;
  int index;
};

class TileProgram {
 public:
  // Reads what `backend/deferred/fused/program.ts` has written; an error in words, or none.
  std::string Parse(const std::vector<int64_t>& words);

  int64_t size() const { return size_; }
  const std::vector<Input>& inputs() const { return inputs_; }
  // Bytes of an element of each output.
  const std::vector<int>& outputs() const { return output_bytes_; }
  size_t length() const { return code_.size(); }
  // Whether an output may be written where an input is: the input is not read after the output is written.
  bool MayOverwrite(int input, int output) const;

  // Computes elements `begin` to `end`.
  void Run(const std::vector<const char*>& inputs, const std::vector<char*>& outputs, int64_t begin,
           int64_t end) const;

 private:
  void PlaceResults(const std::vector<int64_t>& output_registers);

  int64_t size_ = 0;
  std::vector<Input> inputs_;
  std::vector<Instruction> code_;
  std::vector<int> output_bytes_;
  std::vector<int> output_registers_;
  // By register: of how many bytes an element is, and the last instruction that reads it.
  std::vector<int> bytes_;
  std::vector<int> last_read_;
  // By instruction.
  std::vector<Place> places_;
  // By input; -1 where its own data can be read as they lie.
  std::vector<int> expanded_;
  int scratch_tiles_ = 0;
};

}  // namespace halfnote

#endif  // HALFNOTE_FUSED_TILES_H_
