namespace Tributary.Silo.Hosting.Generations;

internal sealed partial class DefinitionsStart
{
    [LoggerMessage(
        EventId = 4041, Level = LogLevel.Warning,
        Message = "Generation {Generation} of {Name} is counted from now on, and is not what readers see: "
            + "reprocess {Name} to build it from the stored messages, then switch.")]
    private partial void LogNotLive(int generation, string name);

    [LoggerMessage(
        EventId = 4042, Level = LogLevel.Information,
        Message = "The generations or the indexed paths have changed.")]
    private partial void LogChanged();
}
