using System.Text;
using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Brokers;

/// <summary>Reads the settings that several brokers share.</summary>
internal static class BrokerSettings
{
    private const int MaxNameBytes = 512;

    // By default a server closes a channel when a delivery has waited half an hour for its acknowledgement.
    private const int MaxProcessDelaySeconds = 900;
    private const int MaxRetryIntervalSeconds = 30;

    public static string Name(ConfigSection section, string defaultName)
    {
        var allowed = $"a text of 1 to {MaxNameBytes} bytes without U+0000";
        var name = section["name"].Text(allowed) ?? defaultName;
        if (Encoding.UTF8.GetByteCount(name) <= MaxNameBytes && !name.Contains('\0'))
            return name;
        section["name"].Fail($"a text of {Encoding.UTF8.GetByteCount(name)} bytes", allowed);
        return name;
    }

    /// <summary>The value under the first of the names that is set; setting two of them is an error.</summary>
    public static ConfigField OneName(ConfigSection section, params ReadOnlySpan<string> names)
    {
        ConfigField? found = null;
        foreach (var name in names)
        {
            if (!section[name].IsSet)
                continue;
            if (found is not null)
                section[name].Fail($"it beside {found.Key}", $"one of {string.Join(", ", names)}");
            found ??= section[name];
        }

        return found ?? section[names[0]];
    }

    /// <summary>How long a delivery waits before it is handed over.</summary>
    public static TimeSpan ProcessDelay(ConfigSection section) =>
        TimeSpan.FromSeconds(section["process_delay"].Whole(0, MaxProcessDelaySeconds, "seconds") ?? 0);

    /// <summary>The delay before the first reconnect; sqAPI's 0 stands for the default.</summary>
    public static TimeSpan FirstRetryDelay(ConfigSection section) =>
        section["retry_interval"].Whole(0, MaxRetryIntervalSeconds, "seconds") is { } seconds and > 0
            ? TimeSpan.FromSeconds(seconds)
            : BrokerLimits.FirstRetryDelay;
}
