#include "taeda/io/zip.h"

#include <algorithm>
#include <concepts>
#include <cstring>

#include "taeda/io/inflate.h"

namespace taeda::io {

namespace {

constexpr uint32_t kLocal = 0x04034b50, kDirectory = 0x02014b50, kEnd = 0x06054b50;
constexpr uint32_t kEnd64 = 0x06064b50, kLocator64 = 0x07064b50, kDescriptor = 0x08074b50;
constexpr uint64_t kMost32 = 0xffffffff, kAlignment = 64;
constexpr size_t kPiece = 256 << 10;  // moved and summed up while it is in the cache

template <class T> T get(const uint8_t* p) { return load_little_endian<T>(p); }

// Names are UTF-8 (0x800); sizes and check sum follow the bytes (8), where there are any.
uint16_t flags_for(uint64_t size) { return size ? 0x0808 : 0x0800; }

struct Record : Bytes {
  template <std::integral T> Record& put(T v) {
    for (size_t i = 0; i < sizeof v; i++) push_back(uint8_t(v >> 8 * i));
    return *this;
  }
  Record& put(std::string_view s) {
    insert(end(), s.begin(), s.end());
    return *this;
  }
};

}  // namespace

uint64_t ByteSource::size() const {
  auto* file = std::get_if<InputFile>(&from_);
  return file ? file->size() : std::get<ByteView>(from_).size();
}
void ByteSource::read(uint64_t offset, std::span<uint8_t> to) const {
  if (offset > size() || to.size() > size() - offset)
    fail("truncated: ", to.size(), " bytes at byte ", offset, " of ", size());
  if (auto* file = std::get_if<InputFile>(&from_)) return file->read(offset, to);
  if (!to.empty()) std::memcpy(to.data(), std::get<ByteView>(from_).data() + offset, to.size());
}
Bytes ByteSource::read(uint64_t offset, uint64_t n) const {
  if (offset > size() || n > size() - offset)
    fail("truncated: ", n, " bytes at byte ", offset, " of ", size());
  Bytes out(static_cast<size_t>(n));
  read(offset, out);
  return out;
}

ZipReader::ZipReader(const ByteSource& source) : source_(source) {
  // The end record is the last thing but a comment of at most 64 KiB.
  uint64_t size = source.size(), tail_size = std::min<uint64_t>(size, 22 + 65535);
  Bytes tail = source.read(size - tail_size, tail_size);
  size_t at = tail.size();
  bool found = false;
  while (!found && at-- > 0)
    found = tail.size() - at >= 22 && get<uint32_t>(&tail[at]) == kEnd &&
            get<uint16_t>(&tail[at + 20]) <= tail.size() - at - 22;
  if (!found) fail("no central directory was found: the ZIP archive is truncated or damaged");
  uint64_t count = get<uint16_t>(&tail[at + 10]), bytes = get<uint32_t>(&tail[at + 12]);
  uint64_t begin = get<uint32_t>(&tail[at + 16]), end = size - tail_size + at;
  if (end >= 20) {
    Bytes locator = source.read(end - 20, 20);
    if (get<uint32_t>(locator.data()) == kLocator64) {
      uint64_t place = get<uint64_t>(&locator[8]);
      if (place > end - 20 || end - 20 - place < 56)
        fail("damaged ZIP archive: its zip64 record lies outside");
      Bytes record = source.read(place, 56);
      if (get<uint32_t>(record.data()) != kEnd64)
        fail("damaged ZIP archive: no zip64 record at byte ", place);
      count = get<uint64_t>(&record[32]), bytes = get<uint64_t>(&record[40]);
      begin = get<uint64_t>(&record[48]);
    }
  }
  if (begin > end || bytes > end - begin || count > bytes / 46)
    fail("damaged ZIP archive: its directory lies outside");
  directory(begin, bytes, count);
}

void ZipReader::directory(uint64_t begin, uint64_t bytes, uint64_t count) {
  Bytes all = source_.read(begin, bytes);
  members_.reserve(size_t(count));
  size_t at = 0;
  for (uint64_t i = 0; i < count; i++) {
    if (all.size() - at < 46 || get<uint32_t>(&all[at]) != kDirectory)
      fail("damaged ZIP archive: entry ", i, " of its directory");
    const uint8_t* p = &all[at];
    size_t name = get<uint16_t>(p + 28), extra = get<uint16_t>(p + 30);
    size_t comment = get<uint16_t>(p + 32);
    if (all.size() - at - 46 < name + extra + comment)
      fail("damaged ZIP archive: entry ", i, " of its directory");
    ZipMember m{std::string(reinterpret_cast<const char*>(p + 46), name), 0, 0, 0, 0, true};
    uint16_t flags = get<uint16_t>(p + 8), method = get<uint16_t>(p + 10);
    m.crc = get<uint32_t>(p + 16);
    m.packed_size = get<uint32_t>(p + 20), m.size = get<uint32_t>(p + 24);
    m.offset = get<uint32_t>(p + 42);
    // Numbers that do not fit into 32 bits stand in the extra field 1, in this order.
    for (const uint8_t *e = p + 46 + name, *stop = e + extra; stop - e >= 4;) {
      size_t n = get<uint16_t>(e + 2);
      const uint8_t* v = e + 4;
      if (size_t(stop - v) < n) break;
      if (get<uint16_t>(e) == 1)
        for (uint64_t* field : {&m.size, &m.packed_size, &m.offset})
          if (*field == kMost32 && size_t(e + 4 + n - v) >= 8) *field = get<uint64_t>(v), v += 8;
      e += 4 + n;
    }
    at += 46 + name + extra + comment;

    if (flags & 1) fail("'", m.name, "' is encrypted");
    if (method != 0 && method != 8)
      fail("'", m.name, "' is compressed with the unknown method ", method);
    m.stored = method == 0;
    if (m.offset > source_.size() || source_.size() - m.offset < 30)
      fail("damaged ZIP archive: '", m.name, "' lies outside");
    Bytes local = source_.read(m.offset, 30);
    if (get<uint32_t>(local.data()) != kLocal)
      fail("damaged ZIP archive: '", m.name, "' is not at byte ", m.offset);
    m.offset += 30 + get<uint16_t>(&local[26]) + get<uint16_t>(&local[28]);
    if (m.offset > source_.size() || m.packed_size > source_.size() - m.offset)
      fail("damaged ZIP archive: '", m.name, "' takes ", m.packed_size, " bytes, more than follow");
    if (m.stored && m.size != m.packed_size)
      fail("damaged ZIP archive: '", m.name, "' is stored, but its two sizes differ");
    if (!m.stored && m.size / kMostDeflateRatio > m.packed_size)
      fail("damaged ZIP archive: '", m.name, "' cannot hold ", m.size, " bytes");
    members_.push_back(std::move(m));
  }
  for (size_t i = 0; i < members_.size(); i++)
    if (!by_name_.emplace(members_[i].name, i).second)
      fail("damaged ZIP archive: '", members_[i].name, "' occurs twice");
}

const ZipMember* ZipReader::find(std::string_view name) const {
  auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : &members_[it->second];
}

Bytes ZipReader::read(const ZipMember& m) const {
  Bytes out(static_cast<size_t>(m.size));
  read(m, out);
  return out;
}
void ZipReader::read(const ZipMember& m, std::span<uint8_t> to) const {
  if (to.size() != m.size) fail("'", m.name, "' has ", m.size, " bytes, not ", to.size());
  uint32_t crc = 0;
  if (m.stored) {
    for (size_t at = 0; at < to.size(); at += kPiece) {
      std::span<uint8_t> piece = to.subspan(at, std::min(kPiece, to.size() - at));
      source_.read(m.offset + at, piece);
      crc = crc32(piece, crc);
    }
  } else {
    Bytes packed = source_.read(m.offset, m.packed_size), plain;
    inflate(packed, plain, to.size(), to.size());
    if (plain.size() != to.size())
      fail("'", m.name, "' has ", plain.size(), " bytes, ", to.size(), " were expected");
    std::copy(plain.begin(), plain.end(), to.begin());
    crc = crc32(to);
  }
  if (crc != m.crc) fail("'", m.name, "' is damaged: its check sum (CRC-32) does not match");
}

void ZipWriter::put(ByteView bytes) {
  if (bytes.empty()) return;
  sink_(bytes);
  at_ += bytes.size();
}

void ZipWriter::add(const std::string& name, ByteView bytes) {
  if (name.size() > 65535) fail<ValueError>("a member's name of ", name.size(), " bytes");
  Written w{name, at_, bytes.size(), 0};
  uint64_t start = at_ + 30 + name.size() + 4;
  uint64_t padding = (kAlignment - start % kAlignment) % kAlignment;
  Record local;
  local.put(kLocal).put(uint16_t(0)).put(flags_for(w.size)).put(uint16_t(0));
  local.put(uint32_t(0)).put(uint32_t(0)).put(uint32_t(0)).put(uint32_t(0));
  local.put(uint16_t(name.size())).put(uint16_t(4 + padding)).put(name);
  local.put(std::string_view("FB")).put(uint16_t(padding));
  local.insert(local.end(), size_t(padding), 'Z');
  put(local);
  for (size_t at = 0; at < bytes.size(); at += kPiece) {
    ByteView piece = bytes.subspan(at, std::min(kPiece, bytes.size() - at));
    w.crc = crc32(piece, w.crc);
    put(piece);
  }
  written_.push_back(w);
  if (!w.size) return;
  Record descriptor;
  descriptor.put(kDescriptor).put(w.crc);
  if (w.size >= kMost32) descriptor.put(w.size).put(w.size);
  else descriptor.put(uint32_t(w.size)).put(uint32_t(w.size));
  put(descriptor);
}

void ZipWriter::finish() {
  uint64_t begin = at_;
  Record all;
  for (const Written& w : written_) {
    bool big_size = w.size >= kMost32, big_offset = w.offset >= kMost32;
    Record extra;
    if (big_size) extra.put(w.size).put(w.size);
    if (big_offset) extra.put(w.offset);
    uint16_t extra_size = extra.empty() ? 0 : uint16_t(4 + extra.size());
    all.put(kDirectory).put(uint16_t(0)).put(uint16_t(extra_size ? 45 : 0));
    all.put(flags_for(w.size)).put(uint16_t(0)).put(uint32_t(0)).put(w.crc);
    for (int i = 0; i < 2; i++) all.put(uint32_t(big_size ? kMost32 : w.size));
    all.put(uint16_t(w.name.size())).put(extra_size).put(uint16_t(0)).put(uint16_t(0));
    all.put(uint16_t(0)).put(uint32_t(0)).put(uint32_t(big_offset ? kMost32 : w.offset));
    all.put(w.name);
    if (extra_size) {
      all.put(uint16_t(1)).put(uint16_t(extra.size()));
      all.insert(all.end(), extra.begin(), extra.end());
    }
  }
  put(all);
  uint64_t size = at_ - begin, count = written_.size(), end = at_;
  Record last;
  last.put(kEnd64).put(uint64_t(44)).put(uint16_t(0x031e)).put(uint16_t(45));
  last.put(uint32_t(0)).put(uint32_t(0)).put(count).put(count).put(size).put(begin);
  last.put(kLocator64).put(uint32_t(0)).put(end).put(uint32_t(1));
  last.put(kEnd).put(uint16_t(0)).put(uint16_t(0));
  for (int i = 0; i < 2; i++) last.put(uint16_t(std::min<uint64_t>(count, 65535)));
  last.put(uint32_t(std::min(size, kMost32))).put(uint32_t(std::min(begin, kMost32)));
  last.put(uint16_t(0));
  put(last);
}

}  // namespace taeda::io
