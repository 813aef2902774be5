using Microsoft.Extensions.Logging;

namespace Tributary.Api.GraphQL;

internal sealed partial class GraphQLRoute
{
    [LoggerMessage(EventId = 3021, Level = LogLevel.Error, Message = "A GraphQL field could not be resolved.")]
    private partial void LogFailed(Exception error);
}
