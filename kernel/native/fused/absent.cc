// In place of op.cc and tiles.cc where these can't be compiled.

#include "op.h"

namespace halfnote {

bool RegisterFusedOp() { return false; }

}  // namespace halfnote
