using System.Collections.Frozen;

namespace Tributary.Api.Errors;

/// <summary>
/// The HTTP status and the title of each stable code. <c>docs/errors.md</c> explains them to readers.
/// </summary>
public static class ErrorCodes
{
    /// <summary>A fault of the server; only the log has its details.</summary>
    public const string Internal = "internal";

    /// <summary>A call between grains whose deadline passed before its turn.</summary>
    public const string TimedOut = "timed_out";

    private static readonly FrozenDictionary<string, (int Status, string Title)> ByCode = new Dictionary<
        string,
        (int, string)
    >
    {
        ["body_not_json"] = (400, "The body is not JSON"),
        ["body_not_object"] = (400, "The body is not an object"),
        ["body_too_deep"] = (400, "The body is nested too deep"),
        ["body_schema_violation"] = (400, "The body does not fit its schema"),
        ["query_schema_violation"] = (400, "The query does not fit its schema"),
        ["schema_limit_exceeded"] = (422, "The check takes too long"),
        ["body_too_large"] = (413, "The body is too large"),
        ["body_incomplete"] = (400, "The body ended early"),
        ["media_type_unsupported"] = (415, "The media type is not supported"),
        ["content_encoding_unsupported"] = (415, "The content encoding is not supported"),
        ["parameter_missing"] = (400, "A parameter is missing"),
        ["parameter_invalid"] = (400, "A parameter is invalid"),
        ["parameter_repeated"] = (400, "A parameter occurs twice"),
        ["parameter_unknown"] = (400, "A parameter is unknown"),
        ["header_invalid"] = (400, "A header is invalid"),
        ["offset_too_large"] = (400, "The offset is too large"),
        ["cursor_invalid"] = (400, "The cursor is invalid"),
        ["cursor_of_another_history"] = (400, "The cursor is of another database"),
        ["identifier_too_long"] = (400, "An identifier is too long"),
        ["identifier_invalid"] = (400, "An identifier is invalid"),
        ["item_missing"] = (400, "The item is missing"),
        ["external_id_missing"] = (400, "The external id is missing"),
        ["group_invalid"] = (400, "The group is invalid"),
        ["external_id_conflict"] = (422, "The external id was used before"),
        ["item_backlog_full"] = (422, "Too much of the item failed"),
        ["refused_by_store"] = (422, "The database refuses the message"),
        ["turn_too_large"] = (422, "The message asks for too much"),
        ["message_not_found"] = (404, "No such message"),
        ["item_not_found"] = (404, "No such item"),
        ["aggregate_not_found"] = (404, "No such aggregate"),
        ["failed_call_not_found"] = (404, "No such failed call"),
        ["failed_call_incomplete"] = (409, "The failed call is incomplete"),
        ["silo_not_found"] = (404, "No such silo"),
        ["last_silo"] = (409, "It is the last silo"),
        ["silo_too_old"] = (409, "A silo is too old"),
        ["plugin_not_found"] = (404, "No such plugin"),
        ["generation_not_found"] = (404, "No such generation"),
        ["generation_not_built"] = (409, "The generation is not built"),
        ["generation_not_fed"] = (409, "The generation is not counted in"),
        ["generation_dropped"] = (409, "The generation was given up"),
        ["generation_live"] = (409, "The generation is live"),
        ["generation_configured"] = (409, "The generation is configured"),
        ["aggregate_of_plugin"] = (409, "The aggregate belongs to a plugin"),
        ["replay_running"] = (409, "Another replay runs"),
        ["replay_bounds_fixed"] = (409, "The bounds are fixed"),
        ["not_found"] = (404, "No such resource"),
        ["method_not_allowed"] = (405, "The method is not allowed"),
        ["upgrade_required"] = (426, "A WebSocket is required"),
        ["unauthorized"] = (401, "A key is required"),
        ["host_not_allowed"] = (421, "The host is not served here"),
        ["origin_not_allowed"] = (403, "The origin is not allowed"),
        ["access_undeclared"] = (403, "The route is closed"),
        ["request_invalid"] = (400, "The request is invalid"),
        ["request_timeout"] = (408, "The request took too long"),
        ["overloaded"] = (503, "Overloaded"),
        [TimedOut] = (503, "Waited too long"),
        ["partition_elsewhere"] = (503, "The partition is at another silo"),
        ["not_counted_yet"] = (503, "Not everything is counted yet"),
        ["definitions_outdated"] = (503, "The definitions changed"),
        ["silo_lost"] = (503, "The silo was lost"),
        ["no_silo"] = (503, "No silo is reached"),
        ["stopping"] = (503, "Stopping"),
        ["not_ready"] = (503, "Not ready"),
        ["roles_apart"] = (501, "The roles run apart"),
        ["state_unreadable"] = (503, "This build cannot read the state"),
        ["store_transient"] = (503, "The database is not reachable"),
        ["store_full"] = (503, "The disk of the database is full"),
        ["store_busy"] = (503, "The database is busy"),
        [Internal] = (500, "Internal error"),
    }.ToFrozenDictionary();

    /// <summary>All codes that the API can answer.</summary>
    public static IEnumerable<string> All => ByCode.Keys;

    /// <summary>
    /// The status and title of a code; an unlisted code is a fault of the server, so it counts as internal.
    /// </summary>
    public static (int Status, string Title) Of(string code) =>
        ByCode.TryGetValue(code, out var found) ? found : ByCode[Internal];
}
