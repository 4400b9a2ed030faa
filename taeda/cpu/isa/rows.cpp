// Reductions, normalisations, transposes: the table of one instruction set.
#include "taeda/cpu/isa/row_kernels.h"
#include "taeda/cpu/isa/short_rows.h"
#include "taeda/cpu/isa/transpose.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

template <class S> constexpr RowKernels<S> make_rows() {
  return {&block_sum<S>,
          &add_rows<S>,
          {&block_extreme<S, false>, &block_extreme<S, true>},
          {&extreme_rows<S, false>, &extreme_rows<S, true>},
          &index_of<S>,
          &softmax_row<S>,
          &layer_norm_row<S>,
          &layer_norm_back_row<S>,
          &sum_short_rows<S>,
          {&extreme_short_rows<S, false>, &extreme_short_rows<S, true>},
          {&running_extreme<S, false>, &running_extreme<S, true>}};
}

template <class T>
void transpose_any(void* to, int64_t to_stride, const void* from, int64_t from_stride, int64_t rows,
                   int64_t cols, bool stream) {
  transpose_copy(static_cast<T*>(to), to_stride, static_cast<const T*>(from), from_stride, rows,
                 cols, stream);
}

}  // namespace TAEDA_ISA

constinit const RowTable TAEDA_ISA_TABLE(row_table) = {
    make_rows<float>(),
    make_rows<double>(),
    make_rows<Half>(),
    make_rows<BFloat16>(),
    &transpose_any<float>,
    &transpose_any<double>,
    &stream_copy,
    {&widen_row<Half>, &widen_row<BFloat16>},
    {&narrow_row<Half>, &narrow_row<BFloat16>},
    {&reverse_items<uint8_t>, &reverse_items<uint16_t>, &reverse_items<uint32_t>,
     &reverse_items<uint64_t>, &reverse_items<Item16>},
    {&range_of<uint8_t>, &range_of<int8_t>, &range_of<int16_t>, &range_of<int32_t>,
     &range_of<int64_t>}};

}  // namespace taeda::cpu
