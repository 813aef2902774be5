using System.Globalization;
using Tributary.Connectors;
using Tributary.Connectors.Configuration;
using Tributary.Grains.Items.Retries;
using Tributary.Messages;
using Tributary.Pipeline.Definitions;

namespace Tributary.Pipeline.Retries;

/// <summary>
/// Reads <c>retry</c> from the configuration: a list of rules. The default rules follow them, so a configuration states
/// only its differences.
/// </summary>
public static class RetryPolicyReader
{
    public const int MaxRulesCount = 100;

    public static RetryPolicy Read(ConfigField field)
    {
        var rules = field
            .List(MaxRulesCount, "rules with step, plugin, code, fault and then")
            .Select(Rule)
            .OfType<RetryRule>();
        return new RetryPolicy([.. rules, .. RetryPolicy.Default.Rules]);
    }

    private static RetryRule? Rule(ConfigField field)
    {
        if (field.Node is not ConfigMap)
        {
            field.Fail("a map with step, plugin, code, fault, then and the times of a retry");
            return null;
        }

        var rule = field.Section(
            "step", "plugin", "code", "fault", "then", "first", "factor", "ceiling", "jitter", "give_up");
        if (!rule["then"].IsSet)
            rule["then"].Fail("retry, park, skip");
        var then = rule["then"].OneOf("retry", "park", "skip");
        if (then != "retry")
            RefuseTimes(rule, then);
        return new RetryRule
        {
            Step = Step(rule["step"]),
            Plugin = Pattern(rule["plugin"]),
            Code = Pattern(rule["code"]),
            Faults = Faults(rule["fault"]),
            Then = then switch { "retry" => Retry(rule), "skip" => new Continuation.Skip(), _ => Continuation.Parked },
        };
    }

    private static Continuation.Retry Retry(ConfigSection rule)
    {
        var standard = new Continuation.Retry();
        var retry = new Continuation.Retry
        {
            First = Duration(rule["first"]) ?? standard.First,
            Factor = Number(rule["factor"], 1, 100) ?? standard.Factor,
            Ceiling = Duration(rule["ceiling"]) ?? standard.Ceiling,
            Jitter = Number(rule["jitter"], 0, 1) ?? standard.Jitter,
            GiveUp = Duration(rule["give_up"]) ?? standard.GiveUp,
        };
        if (retry.Ceiling >= retry.First)
            return retry;
        // A first wait above the default ceiling moves the ceiling.
        if (rule["ceiling"].IsSet)
            rule["ceiling"].Fail("a duration of at least first");
        return retry with { Ceiling = retry.First };
    }

    private static void RefuseTimes(ConfigSection rule, string? then)
    {
        foreach (var name in new[] { "first", "factor", "ceiling", "jitter", "give_up" })
        {
            if (rule[name].IsSet)
                rule[name].Fail($"nothing, because then is {then ?? "not retry"}");
        }
    }

    private static ProcessingStep? Step(ConfigField field) => field.OneOf("accept", "query", "execute", "apply") switch
    {
        "accept" => ProcessingStep.Accept,
        "query" => ProcessingStep.Query,
        "execute" => ProcessingStep.Execute,
        "apply" => ProcessingStep.Apply,
        _ => null,
    };

    private static List<ConnectorFault>? Faults(ConfigField field)
    {
        if (!field.IsSet)
            return null;
        var faults = new List<ConnectorFault>();
        foreach (var one in field.List(3, "missing, unavailable, refused"))
        {
            if (one.OneOf("missing", "unavailable", "refused") is { } name)
                faults.Add(Enum.Parse<ConnectorFault>(name, ignoreCase: true));
        }

        return faults;
    }

    private static string? Pattern(ConfigField field) => field.Text("a name, or a pattern with *");

    private static TimeSpan? Duration(ConfigField field)
    {
        if (!field.IsSet)
            return null;
        if (DurationText.ParseMs((field.Node as ConfigScalar)?.Text) is { } ms)
            return TimeSpan.FromMilliseconds(ms);
        field.Fail(DurationText.Allowed);
        return null;
    }

    private static double? Number(ConfigField field, double min, double max)
    {
        if (!field.IsSet)
            return null;
        if (double.TryParse(
                (field.Node as ConfigScalar)?.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out var number)
            && number >= min
            && number <= max)
        {
            return number;
        }

        field.Fail(string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"));
        return null;
    }
}
