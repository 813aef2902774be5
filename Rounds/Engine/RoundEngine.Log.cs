using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Engine;

public sealed partial class RoundEngine
{
    [LoggerMessage(
        EventId = 1026, Level = LogLevel.Error, Message = "This incarnation was declared dead; the silo has ended.")]
    private partial void LogDeadForGood();

    [LoggerMessage(
        EventId = 1027, Level = LogLevel.Warning,
        Message = "The dead incarnation could not sign off; its starts of activities count as not ended: {Error}")]
    private partial void LogLeaveFailed(string error);

    [LoggerMessage(EventId = 1021, Level = LogLevel.Information, Message = "Joined as silo {Silo}.")]
    private partial void LogJoined(SiloId silo);

    [LoggerMessage(
        EventId = 1023, Level = LogLevel.Warning,
        Message =
            "The store did not let the silo join; trying again: {Error} ({Unsaid} more like this since the last "
            + "line.)")]
    private partial void LogJoinRetry(string error, long unsaid);

    [LoggerMessage(
        EventId = 1025, Level = LogLevel.Warning,
        Message =
            "There is no room to open the database; waiting until there is: {Error} ({Unsaid} more like this since the "
            + "last line.)")]
    private partial void LogNoRoom(string error, long unsaid);

    [LoggerMessage(
        EventId = 1024,
        Level = LogLevel.Warning,
        Message = "This incarnation was declared dead; joining again as a new one.")]
    private partial void LogDead();
}
