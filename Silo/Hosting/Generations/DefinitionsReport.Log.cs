namespace Tributary.Silo.Hosting.Generations;

internal static partial class DefinitionsReport
{
    [LoggerMessage(EventId = 4061, Level = LogLevel.Warning, Message =
        "Aggregate {Name} is stored and not counted: the configuration does not have it. Its rows stay "
        + "as they are and can be read; configured again, it is counted on, and reprocessing {Name} fills "
        + "the gap.")]
    private static partial void LogUnfedAggregate(ILogger logger, string name);

    [LoggerMessage(EventId = 4062, Level = LogLevel.Warning, Message =
        "Plugin {Name} does not run: the configuration does not have it. What it made is stored and "
        + "stays as it is; active again, it takes new messages, and reprocessing it fills the gap.")]
    private static partial void LogUnfedPlugin(ILogger logger, string name);

    [LoggerMessage(EventId = 4063, Level = LogLevel.Warning, Message =
        "Aggregate {Name} is new and starts empty: the {Count} messages stored before are not counted "
        + "in it. To count them: POST /api/v1/reprocess?aggregate={Name}, or the mutation reprocess.")]
    private static partial void LogEmptyAggregate(ILogger logger, string name, long count);

    [LoggerMessage(EventId = 4064, Level = LogLevel.Warning, Message =
        "Plugin {Name} is new and has not seen the {Count} messages stored before. To run them through "
        + "it: POST /api/v1/reprocess?plugin={Name}, or the mutation reprocess.")]
    private static partial void LogEmptyPlugin(ILogger logger, string name, long count);

    [LoggerMessage(
        EventId = 4065, Level = LogLevel.Warning, Message = "{Count} more {What}: GET /api/v1/generations lists them.")]
    private static partial void LogMore(ILogger logger, int count, string what);
}
