using System.Globalization;
using System.Text;
using Tributary.Grains.Items;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Pipeline.Contributions;
using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins;

/// <summary>
/// Holds results to the limits of <see cref="PluginResult"/>, and computes their contributions. Callable from many
/// threads.
/// </summary>
internal sealed class PluginResultCheck(
    IReadOnlyDictionary<string, ContributionCalculator> calculators, PluginHostOptions options)
{
    public const string Code = "plugin_result_invalid";

    private static readonly PointerNode Nothing = PointerNode.Build([]).Root;

    /// <summary>A copy of the result, which the plugin cannot change any more.</summary>
    /// <exception cref="TributaryException"><see cref="Code"/>; says what was found and what is allowed.</exception>
    public PluginRun Run(Message message, PluginResult? result)
    {
        if (result is null)
            throw Invalid("The result is null; allowed: a result, which may be empty.");

        var records = Copy(result.Records, "records", PluginResult.MaxRecordsCount);
        var contributions = Copy(result.Contributions, "contributions", PluginResult.MaxContributionsCount);
        var commands = Copy(result.Commands, "commands", PluginResult.MaxCommandsCount);
        CheckRecords(records);
        CheckCommands(commands);
        return new PluginRun(
            new PluginResult
            {
                Records = records,
                Contributions = contributions,
                Commands = commands,
            },
            Calculate(message, contributions));
    }

    private static T[] Copy<T>(IReadOnlyList<T>? list, string what, int maxCount)
        where T : class
    {
        // Counted before it is copied: a list may be too long to copy.
        if (list is null || list.Count > maxCount)
            throw Invalid(
                $"The {what} are {(list is null ? "null" : list.Count.ToString(CultureInfo.InvariantCulture))}; "
                + $"allowed: a list of at most {maxCount}.");
        if (list.Count == 0)
            return [];

        var copy = new T[list.Count];
        for (var i = 0; i < copy.Length; i++)
            copy[i] = list[i] ?? throw Invalid($"{what}[{i}] is null.");
        return copy;
    }

    private static void CheckRecords(PluginRecord[] records)
    {
        var bytes = 0L;
        var keys = records.Length > 1 ? new HashSet<string>(records.Length) : null;
        for (var i = 0; i < records.Length; i++)
        {
            var (json, key) = records[i];
            if (key is null || (key.Length > 0 && Identifiers.Fault(key) is not null))
                throw Invalid(
                    $"records[{i}].key is {(key is null ? "null" : $"\"{ErrorText.Cut(key, 80)}\"")}; allowed: at most "
                    + $"{Identifiers.MaxBytes} bytes of UTF-8 without U+0000.");
            if (keys?.Add(key) == false)
                throw Invalid(
                    $"records[{i}].key is \"{ErrorText.Cut(key, 80)}\" a second time; allowed: each key once.");

            bytes += json.Length;
            if (bytes > PluginResult.MaxRecordBytes)
                throw Invalid(
                    $"The records have more than {PluginResult.MaxRecordBytes} bytes, which is what is allowed for all "
                    + "of one message.");
            CheckObject(json, "records", i);
        }
    }

    private static void CheckObject(ReadOnlyMemory<byte> json, string what, int index)
    {
        try
        {
            BodyScan.Run(json.Span, Nothing, []);
        }
        catch (TributaryException error)
        {
            throw Invalid($"{what}[{index}] is not one JSON object. {error.Message}", error);
        }
    }

    private IReadOnlyList<Contribution> Calculate(Message message, PluginContribution[] contributions)
    {
        if (contributions.Length == 0)
            return [];

        var bytes = 0L;
        var all = new List<Contribution>(contributions.Length);
        for (var i = 0; i < contributions.Length; i++)
        {
            var (aggregate, json) = contributions[i];
            if (aggregate is null || !calculators.TryGetValue(aggregate, out var calculator))
            {
                var known =
                    calculators.Count == 0
                        ? "none: the plugin declares no aggregates"
                        : string.Join(", ", calculators.Keys);
                throw Invalid(
                    $"contributions[{i}].aggregate is "
                    + $"{(aggregate is null ? "null" : $"\"{ErrorText.Cut(aggregate, 80)}\"")}; allowed: {known}.");
            }

            bytes += json.Length;
            if (bytes > options.MaxContributionBytes)
                throw Invalid(
                    $"The contributions have more than {options.MaxContributionBytes} bytes, which is what is allowed "
                    + "for all of one message.");
            try
            {
                all.AddRange(calculator.Calculate(message.Source, json.Span, message.ReceivedAt));
            }
            catch (TributaryException error)
            {
                throw Invalid($"contributions[{i}] to \"{aggregate}\" is not one JSON object. {error.Message}", error);
            }
        }

        return all;
    }

    private void CheckCommands(PluginCommand[] commands)
    {
        var bytes = 0L;
        for (var i = 0; i < commands.Length; i++)
        {
            var (sql, parameters) = commands[i];
            if (string.IsNullOrWhiteSpace(sql))
                throw Invalid($"commands[{i}].sql is empty; allowed: one statement.");
            if (parameters is null || parameters.Count > options.MaxParametersCount)
            {
                var found = parameters is null ? "null" : parameters.Count.ToString(CultureInfo.InvariantCulture);
                throw Invalid(
                    $"commands[{i}].parameters are {found}; allowed: a list of at most {options.MaxParametersCount}.");
            }

            bytes += Encoding.UTF8.GetByteCount(sql);
            var values = new object?[parameters.Count];
            for (var j = 0; j < values.Length; j++)
            {
                values[j] = parameters[j];
                bytes += SizeOf(values[j]) ?? throw Invalid(
                    $"commands[{i}].parameters[{j}] is a {values[j]!.GetType().Name}; allowed: null, string, long, "
                    + "double, bool, byte[].");
            }

            if (bytes > options.MaxCommandBytes)
                throw Invalid(
                    $"The commands have more than {options.MaxCommandBytes} bytes, which is what is allowed for all of "
                    + "one message.");
            commands[i] = new PluginCommand(sql, values);
        }
    }

    private static long? SizeOf(object? value) => value switch
    {
        null or bool => 1,
        long or double => 8,
        string text => Encoding.UTF8.GetByteCount(text),
        byte[] raw => raw.Length,
        _ => null,
    };

    private static TributaryException Invalid(string sentence, Exception? inner = null) => new(Code, sentence, inner);
}
