using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Tributary.Pipeline.Intake;
using Tributary.Storage;

namespace Tributary.Grains.Tests.Intake;

/// <summary>
/// Every code that there is has been looked at: it is final, can be cured, or never comes out of the door for messages.
/// </summary>
public sealed partial class DoorRefusalsTests
{
    /// <summary>
    /// Codes that the door never answers a message with: they belong to requests of the API, to the start, to what
    /// happens after a message is stored. A new code belongs here only when no call of
    /// <see cref="MessageIntake.AcceptAsync"/> can end with it; else into <see cref="DoorRefusals"/>.
    /// </summary>
    private static readonly HashSet<string> Elsewhere =
    [
        // Requests.
        "body_incomplete", "body_schema_violation", "query_schema_violation", "media_type_unsupported",
            "content_encoding_unsupported",
        "parameter_missing", "parameter_invalid", "parameter_repeated", "parameter_unknown", "header_invalid",
            "offset_too_large",
        "cursor_invalid", "cursor_of_another_history", "group_invalid", "request_invalid", "request_timeout",
            "message_not_found",
        "item_not_found", "aggregate_not_found", "not_counted_yet", "generation_not_found", "plugin_not_found",
            "not_found",
            "method_not_allowed",
        "upgrade_required", "unauthorized", "origin_not_allowed", "host_not_allowed",
        "access_undeclared", "schema_limit_exceeded", "failed_call_not_found", "failed_call_incomplete",
            "silo_not_found", "last_silo", "silo_too_old",

        // Generations and replays.
        "aggregate_of_plugin", "generation_not_built", "generation_not_fed", "generation_dropped", "generation_live",
            "generation_configured",
        "replay_running", "replay_bounds_fixed", "replay_failures_too_many", "replay_incomplete",

        // Calls of references: the door calls items without one.
        "timed_out", "partition_unknown",

        // States of ordinary grains: the door calls items.
        "grain_state_too_large", "grain_state_unreadable", "grain_state_unnamed",

        // The start.
        "configuration_invalid", "definition_invalid", "plugin_duplicate", "plugin_unknown", "plugin_folder_missing",
            "plugin_folders_too_many",
        "plugin_unloadable", "plugin_invalid",

        // What is stored already.
        "mapping_missing", "envelope_invalid", "content_store_missing", "content_too_large", "content_incomplete",
            "metadata_too_large",
        "scratch_full", "scratch_too_small", "ended_the_process",
        "scratch_unavailable", "message_missing", "plugin_failed", "plugin_inactive", "process_name_invalid",
            "output_unknown",
        "content_missing", "metadata_missing", "content_unavailable", "metadata_unavailable", "content_refused",
            "metadata_refused",
        "metadata_invalid", "location_invalid", "address_not_allowed", "plugin_timeout", "plugin_result_invalid",
            "plugin_commands_failed",
        "plugin_not_started", "plugin_deactivated", "round_refused",
    ];

    public static TheoryData<string> Codes =>
        new(Documented().Concat(Thrown()).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_code_is_classified_or_never_comes_out_of_the_door(string code) => Assert.True(
        DoorRefusals.Codes.Contains(code) != Elsewhere.Contains(code),
        $"The code '{code}' is in Pipeline/Intake/DoorRefusals.cs and in the list of this test, or in neither: say "
        + "whether a delivery that meets it is refused for ever.");

    [Fact]
    public void The_walk_finds_the_codes_of_the_documents_and_of_the_sources()
    {
        Assert.Superset(
            new HashSet<string> { "item_backlog_full", "state_unreadable", "frames_unexpected", "turn_lost_state" },
                Documented().ToHashSet());
        Assert.Superset(
            new HashSet<string> { "external_id_conflict", "refused_by_store", "round_refused", "overloaded" },
                Thrown().ToHashSet());
    }

    [Fact]
    public void Every_fault_of_a_store_concerns_all() => Assert.All(
        Enum.GetValues<StoreFault>(), fault =>
            Assert.Equal(RefusalKind.CurableForAll, DoorRefusals.KindOf(new StoreException(fault, "Away."))));

    [Fact]
    public void What_is_not_in_the_table_can_be_cured_and_holds_up_no_other()
    {
        Assert.DoesNotContain("a_code_to_come", DoorRefusals.Codes);
        Assert.Equal(RefusalKind.CurableAlone, DoorRefusals.KindOf("a_code_to_come"));
        Assert.Equal(RefusalKind.CurableAlone, DoorRefusals.KindOf(new NotSupportedException()));
        Assert.Equal("internal", DoorRefusals.CodeOf(new NotSupportedException()));
        Assert.Equal(RefusalKind.CurableForAll, DoorRefusals.KindOf(new OverloadedException("Full.", TimeSpan.Zero)));
        Assert.Equal(RefusalKind.CurableForAll, DoorRefusals.KindOf(new TaskCanceledException()));
    }

    // The first cell of every row of a table, which may name several.
    private static IEnumerable<string> Documented() =>
        File.ReadLines(Path.Combine(Repository(), "docs", "errors.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Code().Matches(line.Split('|')[1]).Select(match => match.Groups["code"].Value));

    // What the parts between the door and the database throw, whether or not it is documented.
    private static IEnumerable<string> Thrown() =>
        new[]
        {
            "Grains.Abstractions", "Plugins.Abstractions", "Connectors.Abstractions", "Storage.Abstractions", "Grains",
            "Pipeline", "Rounds", "Feed", "Storage",
        }
            .SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(Repository(), folder), "*.cs", SearchOption.AllDirectories))
            .Where(file =>
                !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(file => Throw().Matches(File.ReadAllText(file)).Select(match => match.Groups["code"].Value));

    private static string Repository([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(path, "..", "..", "..", ".."));

    [GeneratedRegex("`(?<code>[a-z][a-z0-9_]*)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Code();

    [GeneratedRegex(
        "TributaryException\\([^\"]{0,80}\"(?<code>[a-z][a-z0-9]*(_[a-z0-9]+)+|overloaded)\"",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Throw();
}
