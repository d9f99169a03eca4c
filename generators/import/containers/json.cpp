#include "timeloom/generators/import/containers/json.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <limits>

namespace timeloom::importing {

namespace {

std::string named(const std::string& where, const char* name) { return where + ": its '" + name + "'"; }

/// What a value is, without the value where it is long.
std::string seen(const Json& value) {
    const bool is_short = value.is_number() || value.is_boolean() || value.is_null() ||
                          (value.is_string() && value.get_ref<const std::string&>().size() < 40);
    return is_short ? value.dump(-1, ' ', true, Json::error_handler_t::replace)
                    : std::string("an ") + value.type_name();
}

[[noreturn]] void refuse(const std::string& what, const char* wanted, const Json& value) {
    throw Error(what + " should be " + wanted + ", but is " + seen(value));
}

} // namespace

Json parse_json(std::string_view text, const std::string& what) {
    try {
        return Json::parse(text);
    } catch (const Json::exception& error) {
        throw Error(what + " is not valid JSON (" + error.what() + ")");
    }
}

bool has_member(const Json& object, const char* name) {
    return object.is_object() && object.contains(name) && !object.at(name).is_null();
}

const Json& member(const Json& object, const char* name, const std::string& where) {
    if (!object.is_object() || !object.contains(name))
        throw Error(where + ": it has no '" + name + "'");
    return object.at(name);
}

const Json& array(const Json& value, const std::string& where) {
    if (!value.is_array())
        refuse(where, "an array", value);
    return value;
}

int as_integer(const Json& value, const std::string& where) {
    if (!value.is_number_integer() || value > std::numeric_limits<int>::max() ||
        value < std::numeric_limits<int>::min())
        refuse(where, "an integer", value);
    return value.get<int>();
}

double as_number(const Json& value, const std::string& where) {
    if (!value.is_number())
        refuse(where, "a number", value);
    return value.get<double>();
}

std::string as_text(const Json& value, const std::string& where) {
    if (!value.is_string())
        refuse(where, "a text", value);
    std::string text = value.get<std::string>();
    std::ranges::replace(text, '\0', '?'); // which would end an error's sentence
    return text;
}

std::string text_member(const Json& object, const char* name, const std::string& where) {
    return as_text(member(object, name, where), named(where, name));
}

int integer_member(const Json& object, const char* name, const std::string& where) {
    return as_integer(member(object, name, where), named(where, name));
}

double number_member(const Json& object, const char* name, const std::string& where) {
    return as_number(member(object, name, where), named(where, name));
}

bool boolean_member(const Json& object, const char* name, const std::string& where) {
    const Json& value = member(object, name, where);
    if (!value.is_boolean())
        refuse(named(where, name), "true or false", value);
    return value.get<bool>();
}

std::string text_or(const Json& object, const char* name, const std::string& otherwise,
                    const std::string& where) {
    return has_member(object, name) ? text_member(object, name, where) : otherwise;
}

double number_or(const Json& object, const char* name, double otherwise, const std::string& where) {
    return has_member(object, name) ? number_member(object, name, where) : otherwise;
}

bool boolean_or(const Json& object, const char* name, bool otherwise, const std::string& where) {
    return has_member(object, name) ? boolean_member(object, name, where) : otherwise;
}

} // namespace timeloom::importing
