using Microsoft.Extensions.Logging;

namespace Tributary.Api.Errors;

public sealed partial class ErrorBoundary
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Error, Message = "{Method} {Path} failed.")]
    private partial void LogFailed(Exception error, string method, string path);
}
