#ifndef HALFNOTE_FUSED_OP_H_
#define HALFNOTE_FUSED_OP_H_

namespace halfnote {

// Makes the op HalfnoteElementwise known to this process's TensorFlow, once; false where it can't be.
bool RegisterFusedOp();

}  // namespace halfnote

#endif  // HALFNOTE_FUSED_OP_H_
