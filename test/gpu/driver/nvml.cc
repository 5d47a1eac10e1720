// A driver with one GPU for machines that have none: it draws 60 W, and 90 J more for each second that the
// process which asks has computed. Under the name libnvidia-ml.so.1 it is what the kernel loads.
#include <cstring>
#include <ctime>

static const double kIdleW = 60;
static const double kLoadW = 90;

static double seconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct FieldValue {
  unsigned fieldId, scopeId;
  long long timestamp, latencyUsec;
  int valueType, nvmlReturn;
  unsigned long long value;
};

extern "C" {
static const int kOk = 0, kNotSupported = 3;
static int device;

const char* nvmlErrorString(int status) { return status == kOk ? "Success" : "Not Supported"; }
int nvmlInit_v2() { return kOk; }
int nvmlShutdown() { return kOk; }
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 1;
  return kOk;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned, void** handle) {
  *handle = &device;
  return kOk;
}
int nvmlDeviceGetName(void*, char* name, unsigned length) {
  strncpy(name, "stand-in", length);
  return kOk;
}
int nvmlDeviceGetUUID(void*, char* uuid, unsigned length) {
  strncpy(uuid, "GPU-00000000", length);
  return kOk;
}
int nvmlDeviceGetTotalEnergyConsumption(void*, unsigned long long* millijoules) {
  const double joules =
      kIdleW * seconds(CLOCK_MONOTONIC) + kLoadW * seconds(CLOCK_PROCESS_CPUTIME_ID);
  *millijoules = static_cast<unsigned long long>(joules * 1000);
  return kOk;
}
int nvmlDeviceGetPowerUsage(void*, unsigned* milliwatts) {
  *milliwatts = static_cast<unsigned>(kIdleW * 1000);
  return kOk;
}
int nvmlDeviceGetFieldValues(void*, int, FieldValue* values) {
  values->nvmlReturn = kNotSupported;
  return kOk;
}
}
