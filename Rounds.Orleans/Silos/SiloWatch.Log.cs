using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Orleans.Silos;

internal sealed partial class SiloWatch
{
    [LoggerMessage(
        EventId = 1065, Level = LogLevel.Warning,
        Message = "Silo {Silo} at {Address} is declared dead ({Verdict}); its partitions are free.")]
    private partial void LogDeclared(SiloId silo, string address, SiloVerdict verdict);

    [LoggerMessage(
        EventId = 1066, Level = LogLevel.Warning,
        Message = "Silo {Silo} seems to be dead and could not be declared so; the next look decides again: {Error}")]
    private partial void LogNotBuried(SiloId silo, string error);

    [LoggerMessage(
        EventId = 1067, Level = LogLevel.Debug, Message = "The silos could not be read: {Error}")]
    private partial void LogNotRead(string error);

    [LoggerMessage(
        EventId = 1068, Level = LogLevel.Information,
        Message = "The silo at {Address} has ended without leaving the cluster; it is removed.")]
    private partial void LogEnded(string address);
}
