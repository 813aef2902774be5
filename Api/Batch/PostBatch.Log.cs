using Microsoft.Extensions.Logging;

namespace Tributary.Api.Batch;

internal sealed partial class PostBatch
{
    [LoggerMessage(EventId = 3011, Level = LogLevel.Error, Message = "A line of a batch failed.")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(EventId = 3012, Level = LogLevel.Information, Message = "A batch was cut: {Reason}.")]
    private partial void LogCut(string reason);
}
