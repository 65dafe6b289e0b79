// What a thread is called in `top -H`, `perf` and a debugger.
#pragma once

namespace vitrine {

/// Names the calling thread. At most 15 characters: Linux keeps no more.
void name_thread(const char* name);

}  // namespace vitrine
