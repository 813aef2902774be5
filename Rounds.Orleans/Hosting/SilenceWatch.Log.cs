using System.Net;
using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Orleans.Hosting;

internal sealed partial class SilenceWatch
{
    [LoggerMessage(
        EventId = 1073, Level = LogLevel.Warning,
        Message = "The connection with {EndPoint} is closed: nothing came for {Seconds:0.0} s")]
    private partial void LogSilent(EndPoint? endPoint, double seconds);
}
