#include "timeloom/generators/import/containers/protobuf.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace timeloom::importing {

float WireField::single() const { return std::bit_cast<float>(static_cast<std::uint32_t>(value)); }

std::string WireField::text() const {
    std::string result(bytes);
    std::ranges::replace(result, '\0', '?');
    return result;
}

std::uint64_t WireReader::varint() {
    std::uint64_t result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const auto byte = static_cast<unsigned char>(take(1)[0]);
        result |= static_cast<std::uint64_t>(byte & 127) << shift;
        if (byte < 128)
            return result;
    }
    throw Error("it holds a number of more than 64 bits; it is damaged or no protocol buffer");
}

std::string_view WireReader::take(std::uint64_t size) {
    if (size > rest_.size())
        throw Error("it is cut short or no protocol buffer");
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(taken.size());
    return taken;
}

bool WireReader::next(WireField& field) {
    if (rest_.empty())
        return false;
    const std::uint64_t key = varint();
    field = {.number = static_cast<int>(key >> 3 & 0xffffff)};
    switch (key & 7) {
    case 0:
        field.value = varint();
        return true;
    case 1:
        field.kind = WireField::Kind::eight_bytes;
        std::memcpy(&field.value, take(8).data(), 8);
        return true;
    case 2:
        field.kind = WireField::Kind::bytes;
        field.bytes = take(varint());
        return true;
    case 5:
        field.kind = WireField::Kind::four_bytes;
        std::memcpy(&field.value, take(4).data(), 4);
        return true;
    default:
        throw Error("it has a field of an unknown kind; it is damaged or no protocol buffer");
    }
}

void add_integers(const WireField& field, std::vector<std::int64_t>& to) {
    if (field.kind != WireField::Kind::bytes) {
        to.push_back(field.integer());
        return;
    }
    // A packed list is a run of numbers; each is read as the value of a field of number 0.
    for (std::string_view rest = field.bytes; !rest.empty();) {
        std::uint64_t value = 0;
        std::size_t size = 0;
        for (; size < rest.size() && size < 10; ++size) {
            value |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest[size]) & 127) << (7 * size);
            if (static_cast<unsigned char>(rest[size]) < 128)
                break;
        }
        if (size == rest.size() || size == 10)
            throw Error("it has a list of integers that is cut short");
        to.push_back(static_cast<std::int64_t>(value));
        rest.remove_prefix(size + 1);
    }
}

void add_singles(const WireField& field, std::vector<float>& to) {
    if (field.kind != WireField::Kind::bytes) {
        to.push_back(field.single());
        return;
    }
    if (field.bytes.size() % sizeof(float) != 0)
        throw Error("it has a list of floats that is cut short");
    const std::size_t before = to.size(), count = field.bytes.size() / sizeof(float);
    to.resize(before + count);
    if (count > 0)
        std::memcpy(to.data() + before, field.bytes.data(), field.bytes.size());
}

} // namespace timeloom::importing
