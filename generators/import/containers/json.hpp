// JSON as importers read it: every surprise is an Error that names the member.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace timeloom::importing {

using Json = nlohmann::json;

/// Throws Error, beginning with `what`, for text that is no JSON.
Json parse_json(std::string_view text, const std::string& what);

/// Members of an object. Throw Error, beginning with `where`, where there is none or it is of another kind.
const Json& member(const Json& object, const char* name, const std::string& where);
std::string text_member(const Json& object, const char* name, const std::string& where);
int integer_member(const Json& object, const char* name, const std::string& where);
double number_member(const Json& object, const char* name, const std::string& where);
bool boolean_member(const Json& object, const char* name, const std::string& where);

/// The same where a member may be missing or null.
bool has_member(const Json& object, const char* name);
std::string text_or(const Json& object, const char* name, const std::string& otherwise,
                    const std::string& where);
double number_or(const Json& object, const char* name, double otherwise, const std::string& where);
bool boolean_or(const Json& object, const char* name, bool otherwise, const std::string& where);

/// Throws Error unless it is an array.
const Json& array(const Json& value, const std::string& where);
int as_integer(const Json& value, const std::string& where);
double as_number(const Json& value, const std::string& where);
std::string as_text(const Json& value, const std::string& where);

} // namespace timeloom::importing
