// SPDX-License-Identifier: MIT OR Apache-2.0
// Everything an application needs, on every platform.
#pragma once

#include <flnet/broker.hpp>
#include <flnet/bytes.hpp>
#include <flnet/channel.hpp>
#include <flnet/connection_config.hpp>
#include <flnet/connection_state.hpp>
#include <flnet/data_channel.hpp>
#include <flnet/data_storage.hpp>
#include <flnet/job_set.hpp>
#include <flnet/json.hpp>
#include <flnet/log.hpp>
#include <flnet/loop.hpp>
#include <flnet/message.hpp>
#include <flnet/network.hpp>
#include <flnet/network_broker.hpp>
#include <flnet/network_message.hpp>
#include <flnet/node_ids.hpp>
#include <flnet/node_info.hpp>
#include <flnet/node_stat.hpp>
#include <flnet/peer_connection.hpp>
#include <flnet/peer_info.hpp>
#include <flnet/peer_port.hpp>
#include <flnet/result.hpp>
#include <flnet/run.hpp>
#include <flnet/task.hpp>
#include <flnet/time.hpp>
#include <flnet/timer_broker.hpp>
#include <flnet/u256.hpp>
#include <flnet/web_rtc.hpp>
#include <flnet/web_rtc_conn.hpp>
#include <flnet/web_rtc_message.hpp>
#include <flnet/web_socket.hpp>
#include <flnet/web_socket_message.hpp>
#include <flnet/within.hpp>
